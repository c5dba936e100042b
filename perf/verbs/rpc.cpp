// weft-perf rpc: calls of a service, one after the other and many at a time.
#include <memory>

#include <fmt/format.h>

#include "kit/directory.hpp"
#include "verbs/fan.hpp"
#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

double processor_ns(const nlohmann::json& result) {
  return result.at("usage").at("processor").get<double>() * 1e9;
}

/// What the client says, and the server, who serves the calls of the warm-up, too.
Result<void> enter(const nlohmann::json& served, const nlohmann::json& calls, Sheet& sheet) {
  const auto& made = calls.at("measured");
  const auto& answered = calls.at("delivered");
  const auto& broken = calls.at("broken");
  const auto count = made.get<double>();
  if (count == 0) return Error{Errc::unavailable, "nothing was measured"};
  WEFT_TRY(const auto round_trip, Histogram::from_json(calls.at("round_trip")));
  sheet.add("calls", "calls/s", Better::more, count / calls.at("seconds").get<double>());
  sheet.add("", "round trip", round_trip);
  sheet.add("client processor", "ns", Better::less, processor_ns(calls) / count);
  sheet.add("server processor", "ns", Better::less, processor_ns(served) / calls.at("calls").get<double>());
  auto& faults = sheet.cell.faults;
  if (made != answered)
    faults.push_back(fmt::format("{} calls were made, {} answered", made.dump(), answered.dump()));
  if (broken != 0)
    faults.push_back(fmt::format("{} replies had other bytes than their requests", broken.dump()));
  return {};
}

/// What the server and the client say, in this order.
Result<std::vector<nlohmann::json>> call_once(const Road& road, const Fan& fan, std::uint32_t window,
                                              const Options& options, app::Interrupt& interrupt) {
  WEFT_TRY(const auto directory, Directory::create("weft-perf"));
  auto serve = task_of(road, fan, options, directory.path());
  serve.role = Role::serve;
  auto call = serve;
  call.role = Role::call;
  call.window = window;
  return perform(road, {serve, call}, options, interrupt);
}

}  // namespace

Result<Plan> plan_of(const RpcOptions& options, World& world) {
  WEFT_TRY(const auto sizes, sizes_of(or_else(options.sizes, "64,1K,64K")));
  WEFT_TRY(const auto windows, counts_of("--window", options.windows));
  return Plan([=, &world](const Road& road, Report& report) -> Result<std::vector<Setting>> {
    std::vector<Setting> settings;
    for (const auto window : windows) {
      for (const auto bytes : carried(road, Pair::service, sizes, report)) {
        const Fan fan{.verb = "rpc", .bytes = bytes};
        nlohmann::ordered_json key{{"verb", "rpc"},
                                   {"peer", road.middleware.name},
                                   {"transport", road.transport},
                                   {"bytes", bytes},
                                   {"window", window},
                                   {"waits", options.spins ? "spinning" : "sleeping"},
                                   {"cores", options.cores}};
        settings.push_back({std::move(key), [=, &world](Sheet& sheet) -> Result<void> {
                              WEFT_TRY(const auto said,
                                       call_once(road, fan, window, options, world.interrupt));
                              return enter(said[0], said[1], sheet);
                            }});
      }
    }
    return settings;
  });
}

void add_rpc(app::Command& program, Verb& verb) {
  auto options = std::make_shared<RpcOptions>();
  auto command = program.verb("rpc", "Calls of a service: how long each takes, and how many a second");
  declare(command, *options);
  command.option("-w,--window", options->windows, "Calls under way at a time, as 1,64")
      .value("LIST")
      .one_value_each();
  command.on_given(
      [options, &verb] { verb = [options](World& world) { return measure_as(*options, world); }; });
}

}  // namespace weft::perf
