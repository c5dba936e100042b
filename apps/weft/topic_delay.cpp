// weft topic delay: how long messages take, from the stamp of their sending to their receipt here.

#include <fmt/format.h>

#include "base/histogram.hpp"
#include "weft/meter.hpp"

namespace weft::tool {

namespace {

class Delays final : public Gauge {
 public:
  void add(Instant /*at*/, const DynamicSample& sample) override {
    const auto delay = wall_now() - sample.header().stamp;
    if (delay < Duration::zero()) ++early_;
    histogram_.add(delay);
  }

  void report(std::optional<double> /*span*/, Json& out) override {
    const auto seconds = [this](Duration value) {
      return histogram_.count() == 0 ? Json() : Json(std::chrono::duration<double>(value).count());
    };
    out["delay_min_s"] = seconds(histogram_.least());
    out["delay_p50_s"] = seconds(histogram_.percentile(0.5));
    out["delay_p99_s"] = seconds(histogram_.percentile(0.99));
    out["delay_max_s"] = seconds(histogram_.most());
    out["from_the_future"] = early_;
    *this = Delays();
  }

  [[nodiscard]] std::string for_terminal(const Json& report) const override {
    const auto us = [&](const char* key) { return figure(report[key], 1, 1e6); };
    const auto early = report["from_the_future"].get<std::uint64_t>();
    return fmt::format(
        "delay min {} p50 {} p99 {} max {} µs  {} Hz  lost {}{}", us("delay_min_s"), us("delay_p50_s"),
        us("delay_p99_s"), us("delay_max_s"), figure(report["rate_hz"], 1),
        report["lost"].get<std::uint64_t>(),
        early == 0 ? "" : fmt::format("  {} from the future: the hosts' clocks differ", early));
  }

 private:
  Histogram histogram_;
  std::uint64_t early_ = 0;
};

}  // namespace

void add_topic_delay(app::Command& topic, Run& run) {
  add_meter<Delays>(
      topic, run,
      {"delay", "Measure how long messages take, once a second",
       "From the stamp of the sending to the receipt here; between hosts it is as right as their clocks.\n"
       "Example: weft topic delay host/cpu --duration 5"});
}

}  // namespace weft::tool
