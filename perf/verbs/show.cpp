// weft-perf show: a saved report as tables, as CSV, as pictures.
#include "report/show.hpp"

#include "common/exit.hpp"
#include "common/output.hpp"
#include "report/bounds.hpp"
#include "report/csv.hpp"
#include "report/plots.hpp"
#include "report/report.hpp"
#include "verbs/verbs.hpp"

namespace weft::perf {

namespace {

struct Options {
  std::string path;
  bool csv = false;
  std::string plots;
  std::string limits;
};

Result<int> show(const Options& options, const app::Terminal& terminal) {
  WEFT_TRY(auto report, read_report(options.path));
  if (!options.limits.empty()) {
    WEFT_TRY(const auto limits, read_report(options.limits));
    auto bounded = add_multiples(report, limits);
    if (!bounded) return std::move(bounded).error().within(options.limits);
  }
  if (!options.plots.empty()) WEFT_CHECK(write_plots(report, options.plots));
  WEFT_CHECK(app::print(options.csv ? to_csv(report) : tables_of(report, terminal)));
  return app::exit_done;
}

}  // namespace

void add_show(app::Command& program, Verb& verb) {
  const auto options = std::make_shared<Options>();
  auto command = program.verb("show", "Show a saved report");
  command.option("report", options->path, "A report, as --out or --json writes it")
      .value("REPORT.json")
      .required();
  command.flag("--csv", options->csv, "Print CSV: a line for each metric of each cell");
  command.option("--plots", options->plots, "Also draw it, as SVG files in this directory").value("DIR");
  command
      .option("--limits", options->limits,
              "Also as multiples of what the machine can do, by this report of limits")
      .value("LIMITS.json");
  command.on_given(
      [&verb, options] { verb = [options](World& world) { return show(*options, world.terminal); }; });
}

}  // namespace weft::perf
