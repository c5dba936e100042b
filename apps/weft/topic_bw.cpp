// weft topic bw: how many bytes come, in messages of which sizes.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "weft/meter.hpp"

namespace weft::tool {

namespace {

/// Payloads, without headers.
class Sizes final : public Gauge {
 public:
  void add(Instant /*at*/, const DynamicSample& sample) override {
    const auto size = sample.payload().size();
    if (!begun_) before_ = size;
    begun_ = true;
    ++count_;
    bytes_ += size;
    least_ = std::min<std::uint64_t>(least_, size);
    most_ = std::max<std::uint64_t>(most_, size);
  }

  void report(std::optional<double> span, Json& out) override {
    out["bytes"] = bytes_;
    out["bytes_per_s"] = per_second(double(bytes_ - before_), span);
    out["size_mean"] = count_ == 0 ? 0 : double(bytes_) / double(count_);
    out["size_min"] = count_ == 0 ? 0 : least_;
    out["size_max"] = most_;
    const bool begun = begun_;
    *this = Sizes();
    begun_ = begun;
  }

  [[nodiscard]] std::string for_terminal(const Json& report) const override {
    return fmt::format("{:>11} kB/s  {} Hz  size min {} mean {:.1f} max {} bytes  lost {}",
                       figure(report["bytes_per_s"], 1, 1e-3), figure(report["rate_hz"], 1),
                       report["size_min"].get<std::uint64_t>(), report["size_mean"].get<double>(),
                       report["size_max"].get<std::uint64_t>(), report["lost"].get<std::uint64_t>());
  }

 private:
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t least_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t most_ = 0;
  bool begun_ = false;        // a message has come ever,
  std::uint64_t before_ = 0;  // and the size of the very first, which only begins the span
};

}  // namespace

void add_topic_bw(app::Command& topic, Run& run) {
  add_meter<Sizes>(
      topic, run,
      {"bw", "Measure how many bytes come, once a second", "Example: weft topic bw host/cpu --duration 5"});
}

}  // namespace weft::tool
