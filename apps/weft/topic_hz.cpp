// weft topic hz: how often messages come, how evenly, and how many were lost.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "weft/meter.hpp"

namespace weft::tool {

namespace {

/// The times between messages.
class Intervals final : public Gauge {
 public:
  void add(Instant at, const DynamicSample& /*sample*/) override {
    if (last_ != Instant()) {
      const double seconds = std::chrono::duration<double>(at - last_).count();
      ++count_;
      sum_ += seconds;
      squares_ += seconds * seconds;
      least_ = std::min(least_, seconds);
      most_ = std::max(most_, seconds);
    }
    last_ = at;
  }

  void report(std::optional<double> /*span*/, Json& out) override {
    const double n = double(count_);
    const double mean = count_ == 0 ? 0 : sum_ / n;
    const double variance = count_ < 2 ? 0 : std::max(0.0, (squares_ - n * mean * mean) / (n - 1));
    const auto known = [this](double seconds) { return count_ == 0 ? Json() : Json(seconds); };
    out["interval_mean_s"] = known(mean);
    out["interval_min_s"] = known(least_);
    out["interval_max_s"] = known(most_);
    out["interval_stddev_s"] = known(std::sqrt(variance));
    const auto last = last_;
    *this = Intervals();
    last_ = last;
  }

  [[nodiscard]] std::string for_terminal(const Json& report) const override {
    const auto ms = [&](const char* key) { return figure(report[key], 3, 1e3); };
    return fmt::format("{:>11} Hz  interval min {} max {} sd {} ms  lost {}", figure(report["rate_hz"], 1),
                       ms("interval_min_s"), ms("interval_max_s"), ms("interval_stddev_s"),
                       report["lost"].get<std::uint64_t>());
  }

 private:
  Instant last_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double squares_ = 0;
  double least_ = 1e300;
  double most_ = 0;
};

}  // namespace

void add_topic_hz(app::Command& topic, Run& run) {
  add_meter<Intervals>(topic, run,
                       {"hz", "Measure how often messages come, once a second",
                        "Example: weft topic hz host/cpu --duration 5"});
}

}  // namespace weft::tool
