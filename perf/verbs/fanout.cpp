// weft-perf fanout: one publisher or several to many subscribers, each a process of its own.
#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "verbs/fan.hpp"
#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

/// Of a subscriber of a reliable topic, of whose messages up to 2,000 wait.
constexpr std::int64_t longest_rest_ns = 30'000'000;

/// "3:1ms": the subscriber, and nanoseconds. Units: us, ms, s.
Result<std::pair<std::uint32_t, std::int64_t>> slow_of(const std::string& text) {
  const Error wrong{
      Errc::invalid_argument,
      fmt::format("\"{}\" is no slow subscriber, such as 1:1ms (its number from 0, and its rest)", text)};
  std::uint32_t number = 0;
  std::int64_t rest = 0;
  const auto* end = text.data() + text.size();
  const auto [colon, first] = std::from_chars(text.data(), end, number);
  if (first != std::errc() || colon == end || *colon != ':') return wrong;
  const auto [unit, second] = std::from_chars(colon + 1, end, rest);
  if (second != std::errc() || rest <= 0 || rest > 1'000'000) return wrong;
  const std::string_view name(unit, std::size_t(end - unit));
  const std::int64_t ns = name == "us" ? 1'000 : name == "ms" ? 1'000'000 : name == "s" ? 1'000'000'000 : 0;
  if (ns == 0) return wrong;
  return std::pair(number, rest * ns);
}

/// Each of them, by everyone.
Result<std::vector<Fan>> fans_of(const FanoutOptions& options) {
  WEFT_TRY(const auto sizes, sizes_of(or_else(options.sizes, "64")));
  WEFT_TRY(const auto publishers, counts_of("--publishers", options.publishers));
  WEFT_TRY(const auto subscribers, counts_of("--subscribers", options.subscribers));
  Fan fan{.verb = "fanout",
          .reliable = !options.best_effort,
          .reading = nlohmann::json(options.reads).get<Reading>()};
  std::map<std::uint32_t, std::int64_t> all_slow;
  for (const auto& text : options.slow) {
    WEFT_TRY(const auto slow, slow_of(text));
    if (slow.first >= std::ranges::max(subscribers))
      return Error{Errc::invalid_argument, fmt::format("--slow {}: there are subscribers 0 to {}", text,
                                                       std::ranges::max(subscribers) - 1)};
    if (!options.best_effort && slow.second > longest_rest_ns)
      return Error{
          Errc::invalid_argument,
          fmt::format(
              "--slow {}: the messages that wait for it would take minutes; let it rest less, or have "
              "--best-effort",
              text)};
    all_slow[slow.first] = slow.second;
  }
  std::vector<Fan> fans;
  for (const double rate : options.rates) {
    for (const auto bytes : sizes) {
      for (const auto n : publishers) {
        for (const auto m : subscribers) {
          fan.rate = rate;
          fan.bytes = bytes;
          fan.publishers = n;
          fan.subscribers = m;
          fan.slow = {all_slow.begin(), all_slow.lower_bound(m)};
          fans.push_back(fan);
        }
      }
    }
  }
  return fans;
}

}  // namespace

Result<Plan> plan_of(const FanoutOptions& options, World& world) {
  WEFT_TRY(const auto fans, fans_of(options));
  return Plan([=, &world](const Road& road, Report& report) -> Result<std::vector<Setting>> {
    std::vector<Setting> settings;
    for (const auto& fan : fans) {
      if (!carried(road, Pair::topic, {fan.bytes}, report).empty())
        settings.push_back(fan_setting(road, fan, options, world.interrupt));
    }
    return settings;
  });
}

void add_fanout(app::Command& program, Verb& verb) {
  auto options = std::make_shared<FanoutOptions>();
  auto command = program.verb("fanout", "From publishers to many subscribers, each in a process of its own");
  declare(command, *options);
  command.option("-n,--subscribers", options->subscribers, "How many, as 1,2,4")
      .value("LIST")
      .one_value_each();
  command.option("--publishers", options->publishers, "How many").value("LIST").one_value_each();
  command.option("-r,--rate", options->rates, "Messages a second of each publisher, 0: as fast as it goes")
      .range(0.0, 1e9)
      .value("HZ")
      .one_value_each();
  command
      .option("--slow", options->slow,
              "A subscriber, from 0, that rests after each message, as 1:1ms; may be repeated")
      .value("N:REST")
      .one_value_each();
  command
      .option("--reads", options->reads,
              "What a subscriber does: looks at the mark, reads all, or also holds the last 8")
      .one_of({"mark", "all", "hold"})
      .show_default();
  command.flag("--best-effort", options->best_effort, "Drop rather than wait");
  command.on_given(
      [options, &verb] { verb = [options](World& world) { return measure_as(*options, world); }; });
}

}  // namespace weft::perf
