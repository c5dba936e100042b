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

  void report(double /*seconds*/, Json& out) override {
    const auto seconds = [](Duration value) { return std::chrono::duration<double>(value).count(); };
    out["delay_min_s"] = seconds(histogram_.least());
    out["delay_p50_s"] = seconds(histogram_.percentile(0.5));
    out["delay_p99_s"] = seconds(histogram_.percentile(0.99));
    out["delay_max_s"] = seconds(histogram_.most());
    out["from_the_future"] = early_;
    *this = Delays();
  }

  [[nodiscard]] std::string for_terminal(const Json& report) const override {
    const auto us = [&](const char* key) { return report[key].get<double>() * 1e6; };
    const auto early = report["from_the_future"].get<std::uint64_t>();
    return fmt::format(
        "delay min {:.1f} p50 {:.1f} p99 {:.1f} max {:.1f} µs  {:.1f} Hz  lost {}{}", us("delay_min_s"),
        us("delay_p50_s"), us("delay_p99_s"), us("delay_max_s"), report["rate_hz"].get<double>(),
        report["lost"].get<std::uint64_t>(),
        early == 0 ? "" : fmt::format("  {} from the future: the hosts' clocks differ", early));
  }

 private:
  Histogram histogram_;
  std::uint64_t early_ = 0;
};

}  // namespace

void add_topic_delay(CLI::App& topic, Run& run) {
  add_meter<Delays>(
      topic, run,
      {"delay", "Measure how long messages take, once a second",
       "From the stamp of the sending to the receipt here; between hosts it is as right as their clocks.\n"
       "Example: weft topic delay host/cpu --duration 5"});
}

}  // namespace weft::tool
