// weft-perf limits: what this machine can do at best.
#include "limits/limits.hpp"

#include <algorithm>
#include <memory>

#include "common/exit.hpp"
#include "common/output.hpp"
#include "kit/environment.hpp"
#include "kit/program.hpp"
#include "kit/show.hpp"
#include "verbs/verbs.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;

constexpr int quick_rounds = 3;

struct Options {
  int rounds = 7;
  bool quick = false;
  bool json = false;
  std::vector<std::string> only;
};

limits::Options measured(const Options& options) {
  if (options.quick) return {std::min(options.rounds, quick_rounds), 30ms};
  return {options.rounds, 100ms};
}

Result<int> run(const Options& options, World& world) {
  if (const auto why = unfit_build(); !why.empty())
    return Error{Errc::unsupported, "this build is not fit to be measured: " + why};
  auto report =
      limits::measure(limits::plan_of(options.only), measured(options), world.interrupt, show_progress);
  report.command = world.command;
  show_progress({});
  WEFT_CHECK(app::print(options.json ? to_json(report).dump(2) + "\n" : tables_of(report, world.terminal)));
  return report.sound() && report.complete ? app::exit_done : app::exit_failed;
}

}  // namespace

void add_limits(app::Command& program, Verb& verb) {
  auto options = std::make_shared<Options>();
  auto limits = program.verb("limits", "Measure what this machine can do at best");
  limits.option("--rounds", options->rounds, "How often each is measured")
      .range(1, 1000)
      .value("N")
      .show_default();
  limits.flag("--quick", options->quick, "At most three short rounds");
  limits.flag("--json", options->json, "Print the report as JSON");
  limits.option("--only", options->only, "Only this; may be given several times")
      .one_of(limits::all_limits())
      .one_value_each()
      .value("WHAT");
  limits.footer("Example: weft-perf limits --quick --only futex --only ring");
  limits.on_given([&verb, options] { verb = [options](World& world) { return run(*options, world); }; });
}

}  // namespace weft::perf
