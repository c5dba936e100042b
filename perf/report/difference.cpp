#include "report/difference.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/foreign_text.hpp"

namespace weft::perf {

namespace {

using Json = nlohmann::ordered_json;

constexpr double risk = 0.05;  // of all comparisons together
constexpr std::array differs_anyhow{"load", "revision"};

std::string said(const Json& environment, const std::string& name) {
  const auto found = environment.find(name);
  if (found == environment.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::vector<Differing> environments(const Json& before, const Json& after) {
  std::vector<Differing> out;
  const auto add = [&](const std::string& name) {
    Differing each{name, said(before, name), said(after, name)};
    if (each.before != each.after && std::ranges::find(differs_anyhow, name) == differs_anyhow.end())
      out.push_back(std::move(each));
  };
  for (const auto& [name, value] : before.items()) {
    if (after.contains(name)) add(name);
  }
  return out;
}

using Cells = std::map<std::string, const Cell*>;

Cells cells_of(const Report& report) {
  Cells out;
  for (const auto& cell : report.cells)
    out.emplace(cell.id(), &cell);
  return out;
}

const Cell* find(const Cells& cells, const Cell& like) {
  const auto found = cells.find(like.id());
  return found == cells.end() ? nullptr : found->second;
}

/// The same metric: of the same name and unit.
const Metric* find(const Cell& cell, const Metric& like) {
  const auto* found = cell.find(like.name);
  return found != nullptr && found->unit == like.unit ? found : nullptr;
}

/// What of `report` is not among `others`.
std::vector<Single> singles(const Report& report, const Cells& others) {
  std::vector<Single> out;
  for (const auto& cell : report.cells) {
    const auto* other = find(others, cell);
    if (other == nullptr) {
      out.push_back({&cell, nullptr});
      continue;
    }
    for (const auto& metric : cell.metrics) {
      if (find(*other, metric) == nullptr) out.push_back({&cell, &metric});
    }
  }
  return out;
}

/// Those that both have, not yet compared.
std::vector<Moved> pairs(const Cells& before, const Report& after) {
  std::vector<Moved> out;
  for (const auto& cell : after.cells) {
    const auto* old = find(before, cell);
    if (old == nullptr) continue;
    for (const auto& metric : cell.metrics) {
      if (const auto* same = find(*old, metric)) out.push_back({&cell, same, &metric, {}});
    }
  }
  return out;
}

}  // namespace

std::size_t Difference::count(Movement movement) const noexcept {
  return std::size_t(
      std::ranges::count(metrics, movement, [](const Moved& each) { return each.change.movement; }));
}

bool Difference::regressed() const noexcept {
  return count(Movement::worse) != 0 || !broken.empty();
}

Difference difference_of(const Report& before, const Report& after) {
  const auto old = cells_of(before);
  Difference out{.environment = environments(before.environment, after.environment),
                 .metrics = pairs(old, after),
                 .only_before = singles(before, cells_of(after)),
                 .only_after = singles(after, old),
                 .broken = {}};
  for (auto& each : out.metrics)
    each.change = change_of(*each.before, *each.after, risk / double(out.metrics.size()));
  for (const auto& cell : after.cells) {
    const auto* same = find(old, cell);
    if (!cell.faults.empty() && (same == nullptr || same->faults.empty())) out.broken.push_back(&cell);
  }
  return out;
}

std::string label_of(const Cell& cell) {
  std::string out;
  for (const auto& [name, value] : cell.key.items()) {
    if (!out.empty()) out += ' ';
    out +=
        value.is_string() ? shown(value.get<std::string>()) : fmt::format("{}={}", shown(name), value.dump());
  }
  return out;
}

}  // namespace weft::perf
