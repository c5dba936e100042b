#include "kit/table.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "common/exit.hpp"
#include "kit/directory.hpp"
#include "kit/environment.hpp"
#include "kit/program.hpp"

namespace weft::perf {

namespace {

constexpr int quick_rounds = 7;

std::string range(const Estimate& estimate) {
  return fmt::format("{:5.3f} [{:5.3f} {:5.3f}]", estimate.median, estimate.low, estimate.high);
}

nlohmann::json json_of(const Estimate& estimate) {
  return {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}};
}

void print_head(const std::string& head) {
  for (const auto& [name, value] : environment())
    fmt::print("{:<10}{}\n", name, value);
  fmt::print("\n{}", head);
}

}  // namespace

void declare(app::Program& app, TableOptions& options) {
  app.option("--rounds", options.rounds, "Rounds of each cell; with fewer than six nothing can fail")
      .range(1, 1000)
      .show_default();
  app.flag("--quick", options.quick, "At most seven short rounds");
  app.flag("--json", options.json, "Print JSON");
  app.option("--transport", options.schemes, "ipc, tcp").one_of({"ipc", "tcp"});
  app.footer("Exit codes: 0 done, 1 a cell is below its target or a run failed, 2 usage");
}

Result<int> print_table(std::string_view program, const TableOptions& options, const std::string& head,
                        const std::vector<TableCell>& cells) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  WEFT_TRY(const auto directory, Directory::create(std::string(program)));
  const int rounds = options.quick ? std::min(options.rounds, quick_rounds) : options.rounds;
  Bench bench{interrupt, directory.path(), rounds, {}};
  if (!options.json) print_head(head);
  nlohmann::json all{{"environment", environment_json()}, {"cells", nlohmann::json::array()}};
  bool failed = false;
  for (const auto& cell : cells) {
    bench.progress = [&](int round) {
      show_progress(fmt::format("{}: round {} of {}", cell.name, round + 1, rounds));
    };
    WEFT_TRY(auto row, cell.measure(bench));
    show_progress({});
    if (!options.json) fmt::print("{}\n", row.text);
    std::fflush(stdout);
    all["cells"].push_back(std::move(row.json));
    failed = failed || row.verdict == Verdict::fail;
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return failed ? app::exit_failed : app::exit_done;
}

std::string head_of(std::string_view own, std::string_view own_units) {
  return fmt::format("{}  {:<19}  {:<19}  cpu\n{}  {:<19}  {:<19}  ratio  verdict\n", own, "rate", "control",
                     own_units, "weft/raw [95 %]", "raw/raw [95 %]");
}

Row row_of(std::string_view own, nlohmann::json json, const Comparison& compared, double target) {
  const auto verdict = judge(compared.rate, compared.control, target);
  json["ratio"] = json_of(compared.rate);
  json["control"] = json_of(compared.control);
  json["processor"] = json_of(compared.processor);
  json["target"] = target;
  json["verdict"] = name_of(verdict);
  return {fmt::format("{}  {}  {}  {:>5.3f}  {} (>= {})", own, range(compared.rate), range(compared.control),
                      compared.processor.median, name_of(verdict), target),
          std::move(json), verdict};
}

}  // namespace weft::perf
