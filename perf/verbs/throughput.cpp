// weft-perf throughput: messages and bytes a second from one publisher to one subscriber, as published and as delivered.
#include <memory>

#include "verbs/fan.hpp"

namespace weft::perf {

namespace {

struct Throughput : Options {
  bool best_effort = false;
};

Result<int> throughput(const Throughput& options, World& world) {
  WEFT_TRY(const auto sizes, sizes_of(or_else(options.sizes, "64,1K,64K,1M,16M")));
  return measure_all(
      options, world, [&](const Road& road, Report& /*report*/) -> Result<std::vector<Setting>> {
        std::vector<Setting> settings;
        for (const auto bytes : sizes) {
          const Fan fan{.verb = "throughput", .bytes = bytes, .reliable = !options.best_effort};
          settings.push_back(fan_setting(road, fan, options, world.interrupt));
        }
        return settings;
      });
}

}  // namespace

void add_throughput(app::Command& program, Verb& verb) {
  auto options = std::make_shared<Throughput>();
  auto command =
      program.verb("throughput", "Messages and bytes a second, from one publisher to one subscriber");
  declare(command, *options);
  command.flag("--best-effort", options->best_effort, "Drop rather than wait");
  command.on_given(
      [options, &verb] { verb = [options](World& world) { return throughput(*options, world); }; });
}

}  // namespace weft::perf
