#include "limits/limits.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "kit/environment.hpp"
#include "limits/hand_over.hpp"

namespace weft::perf::limits {

namespace {

/// "futex, two", of the values of its key.
std::string name_of(const nlohmann::ordered_json& key) {
  std::string out;
  for (const auto& [name, value] : key.items()) {
    if (name == "verb") continue;
    if (!out.empty()) out += ", ";
    out += value.is_string() ? value.get<std::string>() : fmt::format("{} {}", value.dump(), name);
  }
  return out;
}

/// Takes each once. False: it ends here.
bool take_all(const Plan& plan, std::vector<Cell>& cells, const Round& round,
              const std::function<void(const std::string& name)>& tell) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (round.interrupt.requested()) return false;
    tell(name_of(cells[i].key));
    const auto taken = plan.measurements[i].take(round, cells[i]);
    if (taken) continue;
    if (taken.error().code != Errc::cancelled) cells[i].faults.push_back(taken.error().message);
    return false;
  }
  return true;
}

}  // namespace

bool Plan::wants(std::string_view what) const {
  return only_.empty() || std::ranges::find(only_, what) != only_.end();
}

void Plan::skip(std::string_view what, const Error& why) {
  skipped.push_back(fmt::format("{}: {}", what, why.message));
}

std::vector<std::string> all_limits() {
  std::vector<std::string> out;
  for (const auto& kind : kinds)
    out.emplace_back(kind.name);
  out.insert(out.end(), {"memcpy", "clock", "ring"});
  return out;
}

Plan plan_of(std::vector<std::string> only) {
  Plan plan(std::move(only));
  add_hand_overs(plan);
  add_copies(plan);
  add_ring(plan);
  return plan;
}

Report measure(const Plan& plan, const Options& options, const app::Interrupt& interrupt,
               const std::function<void(const std::string& line)>& progress) {
  Report report;
  report.environment = environment_json();
  report.skipped = plan.skipped;
  for (const auto& measurement : plan.measurements)
    report.cells.push_back({measurement.key, {}, {}, {}, {}});
  for (int i = 0; i < options.rounds && report.complete; ++i) {
    const auto tell = [&](const std::string& name) {
      progress(fmt::format("round {} of {}: {}", i + 1, options.rounds, name));
    };
    report.complete = take_all(plan, report.cells, {interrupt, options.time}, tell);
  }
  std::erase_if(report.cells, [](const Cell& cell) { return cell.metrics.empty() && cell.faults.empty(); });
  return report;
}

void add_value(Cell& cell, Metric metric, double value) {
  auto found = std::ranges::find(cell.metrics, metric.name, &Metric::name);
  if (found == cell.metrics.end()) found = cell.metrics.insert(found, std::move(metric));
  found->values.push_back(value);
}

}  // namespace weft::perf::limits
