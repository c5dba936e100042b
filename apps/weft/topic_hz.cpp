// weft topic hz: how often messages come, how even, and what is lost.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "node/dynamic.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Hz {
  std::string topic;
  Peers peers;
  Limits limits;
  bool json = false;
};

/// Intervals between messages, of one report.
class Intervals {
 public:
  void add(Instant arrival, std::size_t bytes) {
    bytes_ += bytes;
    ++messages_;
    if (last_ != Instant{}) {
      const double seconds = std::chrono::duration<double>(arrival - last_).count();
      ++intervals_;
      sum_ += seconds;
      squares_ += seconds * seconds;
      least_ = std::min(least_, seconds);
      most_ = std::max(most_, seconds);
    }
    last_ = arrival;
  }
  void reset() {
    const auto last = last_;
    *this = Intervals();
    last_ = last;
  }
  [[nodiscard]] nlohmann::ordered_json report(double seconds, std::uint64_t lost) const {
    const double mean = intervals_ == 0 ? 0 : sum_ / static_cast<double>(intervals_);
    const double variance = intervals_ == 0 ? 0 : squares_ / static_cast<double>(intervals_) - mean * mean;
    return {{"messages", messages_},
            {"rate_hz", static_cast<double>(messages_) / seconds},
            {"bytes_per_s", static_cast<double>(bytes_) / seconds},
            {"interval_min_s", intervals_ == 0 ? 0 : least_},
            {"interval_max_s", most_},
            {"interval_stddev_s", std::sqrt(std::max(variance, 0.0))},
            {"lost", lost}};
  }
  [[nodiscard]] std::uint64_t messages() const { return messages_; }

 private:
  Instant last_{};
  std::uint64_t messages_ = 0;
  std::uint64_t intervals_ = 0;
  std::uint64_t bytes_ = 0;
  double sum_ = 0;
  double squares_ = 0;
  double least_ = 1e300;
  double most_ = 0;
};

std::string for_terminal(const nlohmann::ordered_json& report) {
  const auto ms = [&](const char* key) { return report[key].get<double>() * 1e3; };
  return fmt::format("{:>11.1f} Hz  {:>9.1f} kB/s  interval min {:.3f} max {:.3f} sd {:.3f} ms  lost {}",
                     report["rate_hz"].get<double>(), report["bytes_per_s"].get<double>() / 1e3,
                     ms("interval_min_s"), ms("interval_max_s"), ms("interval_stddev_s"),
                     report["lost"].get<std::uint64_t>());
}

class Meter {
 public:
  Meter(const Hz& options, DynamicSubscriber& subscriber) : options_(options), subscriber_(subscriber) {}

  /// Takes in what is there.
  void take() {
    const auto enough = options_.limits.count;
    for (int burst = 0; burst < 1000 && (enough == 0 || total_ < enough); ++burst) {
      auto sample = subscriber_.try_receive();
      if (!sample) return;
      intervals_.add(now(), sample->payload().size());
      ++total_;
    }
  }
  [[nodiscard]] bool complete() const {
    return options_.limits.count != 0 && total_ >= options_.limits.count;
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] Instant next_report() const { return begun_ + std::chrono::seconds(1); }

  Result<void> report() {
    const auto at = now();
    const auto lost = subscriber_.counters().total.dropped_total();
    const auto seconds = std::max(std::chrono::duration<double>(at - begun_).count(), 1e-9);
    const auto line = intervals_.report(seconds, lost - lost_);
    lost_ = lost;
    begun_ = at;
    intervals_.reset();
    return print_line(options_.json ? line.dump() : for_terminal(line));
  }

 private:
  const Hz& options_;
  DynamicSubscriber& subscriber_;
  Intervals intervals_;
  Instant begun_ = now();
  std::uint64_t total_ = 0;
  std::uint64_t lost_ = 0;
};

Result<void> measure(const Hz& options, Tool& tool) {
  const Qos qos{.depth = 100'000};
  WEFT_TRY(auto subscriber, DynamicSubscriber::create(tool.context, options.topic, qos));
  WEFT_CHECK(attach(subscriber, options.peers));
  WEFT_TRY(const int fd, subscriber.fd());
  const auto deadline = options.limits.deadline();
  Meter meter(options, subscriber);
  for (;;) {
    meter.take();
    const bool over = meter.complete() || deadline.has_passed(now());
    if (over || now() >= meter.next_report()) WEFT_CHECK(meter.report());
    if (over) break;
    WEFT_TRY(const auto woken, tool.interrupt.wait(fd, earlier(deadline, Deadline::at(meter.next_report()))));
    if (woken == app::Interrupt::Woken::interrupted) return meter.report();
  }
  if (meter.complete() || (options.limits.count == 0 && meter.total() > 0)) return {};
  auto late = subscriber.receive(Deadline::passed());
  return late ? Result<void>() : std::move(late).error();
}

}  // namespace

void add_topic_hz(CLI::App& topic, Run& run) {
  auto options = std::make_shared<Hz>();
  auto* verb = topic.add_subcommand("hz", "Measure how often messages come, once a second");
  verb->add_option("topic", options->topic, "The topic's name, as robot/imu")->required();
  options->peers.add_to(*verb);
  options->limits.add_to(*verb);
  verb->add_flag("--json", options->json, "One JSON object a line");
  verb->footer("Example: weft topic hz host/cpu --connect ipc://hostmon-cpu --duration 5");
  verb->final_callback([options, &run] { run = [options](Tool& tool) { return measure(*options, tool); }; });
}

}  // namespace weft::tool
