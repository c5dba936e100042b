#include "weft/meter.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "weft/patience.hpp"

namespace weft::tool {

namespace {

constexpr auto period = std::chrono::seconds(1);
constexpr int burst = 1000;  // messages between two looks at the clock and at Ctrl-C

class Meter {
 public:
  Meter(const MeterOptions& options, Gauge& gauge, DynamicSubscriber& subscriber)
      : options_(options), gauge_(gauge), subscriber_(subscriber) {}

  /// Takes in what is there; false if there may be more.
  bool take() {
    for (int left = burst; left > 0; --left) {
      if (complete()) return true;
      auto sample = subscriber_.try_receive();
      if (!sample) return true;
      last_ = now();
      gauge_.add(last_, *sample);
      ++messages_;
      if (total_++ == 0) since_ = last_;
    }
    return false;
  }
  [[nodiscard]] bool complete() const {
    return options_.limits.count != 0 && total_ >= options_.limits.count;
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] Instant next_report() const { return begun_ + period; }

  Result<void> report() {
    const auto at = now();
    const auto lost = subscriber_.counters().total.dropped_total();
    const auto seconds = seconds_between(begun_, at);
    const auto span = span_of(seconds);
    const auto first = messages_ == total_ ? 1 : 0;  // n messages span n - 1 intervals
    Json out{{"seconds", seconds},
             {"messages", messages_},
             {"rate_hz", per_second(messages_ == 0 ? 0 : double(messages_ - first), span)}};
    gauge_.report(span, out);
    out["lost"] = lost - lost_;
    lost_ = lost;
    begun_ = at;
    since_ = last_;
    messages_ = 0;
    return print_line(options_.json ? json_line(out) : gauge_.for_terminal(out));
  }

  /// What is left at the end: where nothing came in a part of a second, that says nothing.
  Result<void> report_rest() {
    const bool any = messages_ != 0 || subscriber_.counters().total.dropped_total() != lost_;
    return any ? report() : Result<void>();
  }

 private:
  static double seconds_between(Instant begin, Instant end) {
    return std::max(std::chrono::duration<double>(end - begin).count(), 1e-9);
  }
  [[nodiscard]] std::optional<double> span_of(double silence) const {
    if (messages_ == 0) return silence;
    if (total_ == 1) return std::nullopt;
    return seconds_between(since_, last_);
  }

  const MeterOptions& options_;
  Gauge& gauge_;
  DynamicSubscriber& subscriber_;
  Instant begun_ = now();
  Instant since_;  // of the last message before this report's, else of the first,
  Instant last_;   // and of the last
  std::uint64_t messages_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace

Json per_second(double amount, std::optional<double> span) {
  return span ? Json(amount / *span) : Json();
}

std::string figure(const Json& value, int digits, double scale) {
  return value.is_null() ? "-" : fmt::format("{:.{}f}", value.get<double>() * scale, digits);
}

app::Command add_metering(app::Command& topic, const Metering& metering, MeterOptions& options) {
  auto verb = topic.verb(metering.verb, metering.help);
  verb.option("topic", options.topic, "The topic's name, as robot/imu").required();
  options.peers.add_to(verb);
  options.limits.add_to(verb);
  add_json_to(verb, options.json);
  verb.footer(metering.footer);
  return verb;
}

Result<void> measure(const MeterOptions& options, Gauge& gauge, Tool& tool) {
  WEFT_TRY(const auto context, tool.context());
  WEFT_TRY(auto subscriber, DynamicSubscriber::create(context, options.topic, Qos{.depth = 100'000}));
  WEFT_CHECK(attach(subscriber, options.peers));
  WEFT_TRY(const int fd, subscriber.fd());
  const auto deadline = options.limits.deadline();
  Meter meter(options, gauge, subscriber);
  Patience patience(discovery::PortKind::publisher, options.topic, options.peers, tool);
  const auto matched = [&] { return subscriber.wait_matched(1, Deadline::passed()); };
  for (;;) {
    const bool all = meter.take();
    const bool over = meter.complete() || deadline.has_passed(now());
    if (now() >= meter.next_report()) WEFT_CHECK(meter.report());
    if (over) break;
    meter.total() == 0 ? patience.look(matched) : patience.end();
    const auto until = all ? earlier(deadline, Deadline::at(meter.next_report())) : Deadline::passed();
    WEFT_TRY(const auto woken, tool.interrupt.wait(fd, until));
    if (woken == app::Interrupt::Woken::interrupted) return meter.report_rest();
  }
  WEFT_CHECK(meter.report_rest());
  if (meter.complete() || (options.limits.count == 0 && meter.total() > 0)) return {};
  if (meter.total() > 0) return too_few(options.topic, "messages", meter.total(), options.limits.count);
  auto late = subscriber.receive(Deadline::passed());
  return late ? Result<void>() : std::move(late).error();
}

}  // namespace weft::tool
