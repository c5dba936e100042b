// weft-perf latency: how long a message is on its way, there and back in a closed loop, and one way in an open loop.
#include <memory>

#include <fmt/format.h>

#include "kit/directory.hpp"
#include "verbs/fan.hpp"
#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

/// More than that a second is not sent by an open loop: it would measure the queue.
constexpr double most_bytes = 500e6;

/// The next message is sent when the last has come back.
Result<void> closed_once(const Road& road, const Fan& fan, const Options& options, World& world,
                         Sheet& sheet) {
  WEFT_TRY(const auto directory, Directory::create("weft-perf"));
  auto ping = task_of(road, fan, options, directory.path());
  ping.role = Role::ping;
  auto echo = ping;
  echo.role = Role::echo;
  WEFT_TRY(const auto results, perform(road, {ping, echo}, options, world.interrupt));
  WEFT_TRY(const auto round_trip, Histogram::from_json(results[0].at("round_trip")));
  WEFT_TRY(const auto one_way, Histogram::from_json(results[1].at("one_way")));
  sheet.add("round trip ", "round trip", round_trip);
  sheet.add("", "one way", one_way);
  const auto broken =
      results[0].at("broken").get<std::uint64_t>() + results[1].at("broken").get<std::uint64_t>();
  if (broken != 0)
    sheet.cell.faults.push_back(fmt::format("{} messages had other bytes than were sent", broken));
  if (round_trip.count() == 0) sheet.cell.faults.emplace_back("nothing was measured");
  if (results[1].at("delivered") != results[0].at("measured"))
    sheet.cell.faults.push_back(fmt::format("{} messages were sent, {} arrived",
                                            results[0].at("measured").dump(),
                                            results[1].at("delivered").dump()));
  return {};
}

nlohmann::ordered_json key_of(const Road& road, const Fan& fan, const Options& options) {
  nlohmann::ordered_json key{{"verb", "latency"},
                             {"peer", road.middleware.name},
                             {"transport", road.transport},
                             {"bytes", fan.bytes},
                             {"loop", fan.rate == 0 ? "closed" : "open"},
                             {"waits", options.spins ? "spinning" : "sleeping"},
                             {"cores", options.cores}};
  if (fan.rate != 0) key["rate"] = fan.rate;
  return key;
}

}  // namespace

Result<Plan> plan_of(const LatencyOptions& options, World& world) {
  WEFT_TRY(const auto sizes, sizes_of(or_else(options.sizes, "0,64,1K,64K,1M,16M")));
  return Plan([=, &world](const Road& road, Report& report) -> Result<std::vector<Setting>> {
    std::vector<Setting> settings;
    for (const auto bytes : carried(road, Pair::topic, sizes, report)) {
      Fan fan{.verb = "latency", .bytes = bytes};
      settings.push_back({key_of(road, fan, options), [=, &world](Sheet& sheet) {
                            return closed_once(road, fan, options, world, sheet);
                          }});
      for (const auto rate : options.rates) {
        fan.rate = rate;
        if (rate * double(bytes) <= most_bytes) {
          settings.push_back(fan_setting(road, fan, options, world.interrupt, key_of(road, fan, options)));
        } else {
          report.skipped.push_back(
              fmt::format("{} {}: {} messages of {} bytes a second are more than {} MB/s",
                          road.middleware.name, road.transport, rate, bytes, most_bytes / 1e6));
        }
      }
    }
    return settings;
  });
}

void add_latency(app::Command& program, Verb& verb) {
  auto options = std::make_shared<LatencyOptions>();
  auto command = program.verb("latency", "How long a message takes: there and back, and one way at a rate");
  declare(command, *options);
  command.option("-r,--rate", options->rates, "Messages a second of the open loop; may be repeated")
      .range(0.001, 1e9)
      .value("HZ")
      .one_value_each()
      .show_default();
  command.footer(
      "Closed loop: the next message is sent when the last has come back. Open loop: each is sent when it is "
      "due, and its\n"
      "latency counts from then, also if its sender was held up (no coordinated omission).");
  command.on_given(
      [options, &verb] { verb = [options](World& world) { return measure_as(*options, world); }; });
}

}  // namespace weft::perf
