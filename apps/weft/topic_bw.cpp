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
    ++count_;
    bytes_ += size;
    least_ = std::min<std::uint64_t>(least_, size);
    most_ = std::max<std::uint64_t>(most_, size);
  }

  void report(double seconds, Json& out) override {
    out["bytes"] = bytes_;
    out["bytes_per_s"] = double(bytes_) / seconds;
    out["size_mean"] = count_ == 0 ? 0 : double(bytes_) / double(count_);
    out["size_min"] = count_ == 0 ? 0 : least_;
    out["size_max"] = most_;
    *this = Sizes();
  }

  [[nodiscard]] std::string for_terminal(const Json& report) const override {
    return fmt::format("{:>11.1f} kB/s  {:.1f} Hz  size min {} mean {:.1f} max {} bytes  lost {}",
                       report["bytes_per_s"].get<double>() / 1e3, report["rate_hz"].get<double>(),
                       report["size_min"].get<std::uint64_t>(), report["size_mean"].get<double>(),
                       report["size_max"].get<std::uint64_t>(), report["lost"].get<std::uint64_t>());
  }

 private:
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t least_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t most_ = 0;
};

}  // namespace

void add_topic_bw(CLI::App& topic, Run& run) {
  add_meter<Sizes>(
      topic, run,
      {"bw", "Measure how many bytes come, once a second", "Example: weft topic bw host/cpu --duration 5"});
}

}  // namespace weft::tool
