// weft-perf diff: what moved from one report to another, and whether anything got worse.
#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "common/output.hpp"
#include "common/table.hpp"
#include "report/difference.hpp"
#include "report/units.hpp"
#include "verbs/verbs.hpp"

namespace weft::perf {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string before;
  std::string after;
  bool all = false;
  bool json = false;
};

// ---- for people --------------------------------------------------------------------------------------------

/// The worst first.
int rank_of(Movement movement) {
  switch (movement) {
    case Movement::worse:
      return 0;
    case Movement::better:
      return 1;
    case Movement::undecided:
      return 2;
    case Movement::equal:
      break;
  }
  return 3;
}

app::Table::Cell shown_movement(Movement movement) {
  const auto name = std::string(name_of(movement));
  if (movement == Movement::worse) return {name, app::Colour::red};
  if (movement == Movement::better) return {name, app::Colour::green};
  return movement == Movement::equal ? app::Table::Cell(name) : app::Table::Cell(name, app::Colour::yellow);
}

/// A ratio as the percents that it is more than 1.
std::string percents(double ratio) {
  return fmt::format("{:+.1f}", (ratio - 1) * 100);
}

std::string change(const Estimate& ratio) {
  return std::isinf(ratio.median) ? "from 0" : percents(ratio.median);
}

std::string interval(const Estimate& ratio) {
  if (!ratio.sure) return "few rounds";
  return std::isinf(ratio.low) ? "" : fmt::format("{} {}", percents(ratio.low), percents(ratio.high));
}

std::string table_of(const Difference& difference, const app::Terminal& terminal, bool all) {
  app::Table table({{"verdict"},
                    {"change %", true},
                    {"95 %", true},
                    {"old", true},
                    {"new", true},
                    {"metric"},
                    {"of", false, true}});
  auto rows = difference.metrics;
  std::ranges::stable_sort(rows, {}, [](const Moved& row) { return rank_of(row.change.movement); });
  bool empty = true;
  for (const auto& row : rows) {
    const auto& ratio = row.change.ratio;
    const auto movement = row.change.movement;
    if (!all && movement != Movement::worse && movement != Movement::better) continue;
    table.add({shown_movement(movement), change(ratio), interval(ratio),
               measured(row.before->estimate().median, row.before->unit),
               measured(row.after->estimate().median, row.after->unit), shown(row.after->name),
               label_of(*row.cell)});
    empty = false;
  }
  return empty ? "" : table.text(terminal) + "\n";
}

std::string lines_of(const std::vector<Single>& singles, const std::string& path) {
  std::string out;
  for (const auto& [cell, metric] : singles) {
    const auto name = metric == nullptr ? "" : shown(metric->name) + " of ";
    out += fmt::format("only in {}: {}{}\n", path, name, label_of(*cell));
  }
  return out;
}

std::string faults_of(const Difference& difference) {
  std::string out;
  for (const auto* cell : difference.broken) {
    for (const auto& fault : cell->faults)
      out += fmt::format("FAULT in {}: {}\n", label_of(*cell), shown(fault));
  }
  return out;
}

std::string summary_of(const Difference& difference) {
  const auto undecided = difference.count(Movement::undecided);
  auto out = fmt::format("{} metrics: {} worse, {} better, {} equal, {} undecided\n",
                         difference.metrics.size(), difference.count(Movement::worse),
                         difference.count(Movement::better), difference.count(Movement::equal), undecided);
  const auto few =
      std::ranges::count_if(difference.metrics, [](const Moved& each) { return !each.change.enough_rounds; });
  if (few != 0)
    out += fmt::format("{} of them have too few rounds for anything to be called worse among so many\n", few);
  if (undecided != 0)
    out += fmt::format("undecided: too noisy to tell within {:.0f} %; {} rounds of each mostly suffice\n",
                       change_tolerance * 100, enough_rounds);
  return out;
}

void warn(const Report& report, const std::string& path) {
  if (!report.complete)
    app::say("weft-perf", fmt::format("warning: {} is of a run that did not end well", path));
}

void warn(const std::vector<Differing>& environment) {
  for (const auto& [name, before, after] : environment)
    app::say("weft-perf", fmt::format("warning: another {}: \"{}\" before, \"{}\" now", shown(name),
                                      shown(before), shown(after)));
}

// ---- for programs ------------------------------------------------------------------------------------------

Json number_of(double ratio) {
  return std::isinf(ratio) ? Json() : Json(ratio);
}

Json json_of(const Moved& row) {
  const auto& ratio = row.change.ratio;
  const auto movement = row.change.movement;
  const bool sure = ratio.sure;
  return {{"key", row.cell->key},
          {"metric", row.after->name},
          {"unit", row.after->unit},
          {"movement", movement == Movement::worse ? "worse" : name_of(movement)},
          {"old", row.before->estimate().median},
          {"new", row.after->estimate().median},
          {"ratio", number_of(ratio.median)},
          {"low", sure ? number_of(ratio.low) : Json()},
          {"high", sure ? number_of(ratio.high) : Json()}};
}

Json json_of(const std::vector<Single>& singles) {
  auto out = Json::array();
  for (const auto& [cell, metric] : singles)
    out.push_back({{"key", cell->key}, {"metric", metric == nullptr ? Json() : Json(metric->name)}});
  return out;
}

Json json_of(const Difference& difference) {
  auto environment = Json::array();
  for (const auto& [name, before, after] : difference.environment)
    environment.push_back({{"name", name}, {"old", before}, {"new", after}});
  auto metrics = Json::array();
  for (const auto& row : difference.metrics)
    metrics.push_back(json_of(row));
  auto broken = Json::array();
  for (const auto* cell : difference.broken)
    broken.push_back({{"key", cell->key}, {"faults", cell->faults}});
  return {{"regressed", difference.regressed()},
          {"environment", std::move(environment)},
          {"metrics", std::move(metrics)},
          {"only_old", json_of(difference.only_before)},
          {"only_new", json_of(difference.only_after)},
          {"broken", std::move(broken)}};
}

// ------------------------------------------------------------------------------------------------------------

Result<int> diff(const Options& options, const World& world) {
  WEFT_TRY(const auto before, read_report(options.before));
  WEFT_TRY(const auto after, read_report(options.after));
  const auto difference = difference_of(before, after);
  if (difference.metrics.empty() && difference.broken.empty() &&
      !(before.cells.empty() && after.cells.empty()))
    return Error{Errc::not_found,
                 fmt::format("{} and {} have nothing in common to compare", options.before, options.after)};
  if (options.json) {
    WEFT_CHECK(app::print(json_of(difference).dump(2) + "\n"));
  } else {
    warn(before, options.before);
    warn(after, options.after);
    warn(difference.environment);
    WEFT_CHECK(app::print(
        table_of(difference, world.terminal, options.all) + lines_of(difference.only_before, options.before) +
        lines_of(difference.only_after, options.after) + faults_of(difference) + summary_of(difference)));
  }
  return difference.regressed() ? app::exit_failed : app::exit_done;
}

}  // namespace

void add_diff(app::Command& program, Verb& verb) {
  const auto options = std::make_shared<Options>();
  auto definition = program.verb("diff", "Say what moved between two reports by more than its noise");
  definition.option("old", options->before, "A report, as --out or --json writes it")
      .required()
      .value("OLD.json");
  definition.option("new", options->after, "A later one").required().value("NEW.json");
  definition.flag("--all", options->all, "Show what is equal or undecided, too");
  definition.flag("--json", options->json, "Print all of it as JSON");
  definition.footer(
      "Exit codes: 0 nothing got worse, 1 something did, or has faults that it had not, 2 usage");
  definition.on_given([options, &verb] { verb = [options](World& world) { return diff(*options, world); }; });
}

}  // namespace weft::perf
