// weft-perf limits: what this machine can do at best.
#include "limits/limits.hpp"

#include <algorithm>
#include <memory>

#include "verbs/options.hpp"

namespace weft::perf {

namespace {

struct LimitsOptions : Options {
  std::vector<std::string> only;
};

Result<int> measure_limits(const LimitsOptions& options, World& world) {
  const auto time =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.measured() / 5));
  const auto plan = limits::plan_of({world.interrupt, time}, options.only);
  WEFT_TRY(auto report, begin_report(options, world));
  report.skipped = plan.skipped;
  return measure_and_give(report, plan.settings, options, world);
}

}  // namespace

void add_limits(app::Command& program, Verb& verb) {
  auto options = std::make_shared<LimitsOptions>();
  auto command = program.verb("limits", "What this machine can do at best");
  declare_rounds(command, *options);
  command.option("--only", options->only, "Only this; may be repeated")
      .one_of(limits::all_limits())
      .one_value_each()
      .value("WHAT");
  command.footer(
      "Each is measured for a fifth of --seconds. Example: weft-perf limits --quick --only futex --only "
      "ring");
  command.on_given(
      [&verb, options] { verb = [options](World& world) { return measure_limits(*options, world); }; });
}

}  // namespace weft::perf
