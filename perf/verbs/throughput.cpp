// weft-perf throughput: messages and bytes a second from one publisher to one subscriber, as published and as delivered.
#include <memory>

#include "verbs/fan.hpp"
#include "verbs/plans.hpp"

namespace weft::perf {

Result<Plan> plan_of(const ThroughputOptions& options, World& world) {
  WEFT_TRY(const auto sizes, sizes_of(or_else(options.sizes, "64,1K,64K,1M,16M")));
  return Plan([=, &world](const Road& road, Report& /*report*/) -> Result<std::vector<Setting>> {
    std::vector<Setting> settings;
    for (const auto bytes : sizes) {
      const Fan fan{.verb = "throughput", .bytes = bytes, .reliable = !options.best_effort};
      settings.push_back(fan_setting(road, fan, options, world.interrupt));
    }
    return settings;
  });
}

void add_throughput(app::Command& program, Verb& verb) {
  auto options = std::make_shared<ThroughputOptions>();
  auto command =
      program.verb("throughput", "Messages and bytes a second, from one publisher to one subscriber");
  declare(command, *options);
  command.flag("--best-effort", options->best_effort, "Drop rather than wait");
  command.on_given(
      [options, &verb] { verb = [options](World& world) { return measure_as(*options, world); }; });
}

}  // namespace weft::perf
