#include "kit/settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "kit/units.hpp"

namespace weft::perf {

namespace {

/// What tells the groups of grouped() apart.
template <class Function>
std::vector<Cells> grouped_by(const Cells& cells, Function&& what) {
  std::vector<std::pair<std::string, Cells>> groups;
  for (const auto* cell : cells) {
    auto own = what(*cell);
    auto group = std::ranges::find(groups, own, &std::pair<std::string, Cells>::first);
    if (group == groups.end()) group = groups.insert(group, {std::move(own), {}});
    group->second.push_back(cell);
  }
  std::vector<Cells> out;
  for (auto& [own, group] : groups)
    out.push_back(std::move(group));
  return out;
}

bool is_same(const Cells& cells, const std::string& setting) {
  return std::ranges::all_of(
      cells, [&](const Cell* cell) { return cell->setting(setting) == cells.front()->setting(setting); });
}

Names settings_that(const Cells& cells, bool same) {
  auto names = settings_of(cells);
  std::erase_if(names, [&](const std::string& name) { return is_same(cells, name) != same; });
  return names;
}

}  // namespace

Cells cells_of(const Report& report) {
  Cells out;
  for (const auto& cell : report.cells)
    out.push_back(&cell);
  return out;
}

std::vector<Cells> grouped(const Cells& cells, const Names& but) {
  return grouped_by(cells, [&](const Cell& cell) {
    auto rest = nlohmann::json(cell.key);
    for (const auto& name : but)
      rest.erase(name);
    return rest.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  });
}

std::vector<Cells> by_verb(const Cells& cells) {
  return grouped_by(cells, [](const Cell& cell) { return cell.setting("verb"); });
}

Names settings_of(const Cells& cells) {
  Names out;
  for (const auto* cell : cells) {
    for (const auto& [name, value] : cell->key.items()) {
      if (name != "verb" && std::ranges::find(out, name) == out.end()) out.push_back(name);
    }
  }
  return out;
}

Names same_settings(const Cells& cells) {
  return settings_that(cells, true);
}

Names differing_settings(const Cells& cells) {
  return settings_that(cells, false);
}

std::string readable(const Cell& cell, const std::string& setting) {
  const auto value = number(cell, setting);
  if (value && setting == "bytes") return readable(*value, "bytes");
  if (value && setting == "rate") return readable(*value, "messages/s");
  return shown(cell.setting(setting));
}

std::string described(const Cell& cell, const Names& settings) {
  std::string out;
  for (const auto& name : settings) {
    const auto value = readable(cell, name);
    if (value.empty()) continue;
    if (!out.empty()) out += ", ";
    if (name != "bytes") out += shown(name) + " ";
    out += value;
  }
  return out;
}

std::optional<double> number(const Cell& cell, const std::string& setting) {
  const auto found = cell.key.find(setting);
  if (found == cell.key.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

}  // namespace weft::perf
