#include "report/settings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "report/units.hpp"

namespace weft::perf {

namespace {

/// Settings whose values say what they are.
constexpr std::array<std::string_view, 4> plain{"what", "peer", "transport", "bytes"};

/// What of a subscriber's own numbers people are shown, and its unit.
constexpr std::array<std::pair<const char*, const char*>, 5> own_numbers{
    {{"delivered", ""}, {"lost", ""}, {"p50", "ns"}, {"p99", "ns"}, {"p99.9", "ns"}}};

std::string text_of(const nlohmann::json& key) {
  return key.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

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
  const nlohmann::ordered_json* first = nullptr;
  for (const auto* cell : cells) {
    const auto value = cell->key.find(setting);
    if (value == cell->key.end()) continue;
    if (first == nullptr) first = &*value;
    if (*value != *first) return false;
  }
  return true;
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

std::vector<Cell> subscribers_of(const Cells& cells) {
  std::vector<Cell> all;
  for (const auto* cell : cells) {
    if (!cell->details.is_object() || !cell->details.contains("subscribers")) continue;
    const auto& subscribers = cell->details["subscribers"];
    for (std::size_t i = 0; subscribers.is_array() && subscribers.size() > 1 && i < subscribers.size(); ++i) {
      auto& one = all.emplace_back();
      one.key = cell->key;
      one.key["subscriber"] = i;
      for (const auto& [name, unit] : own_numbers) {
        if (!subscribers[i].is_object() || !subscribers[i].contains(name)) continue;
        const auto& number = subscribers[i][name];
        if (number.is_number()) one.metrics.push_back({name, unit, Better::less, {number.get<double>()}});
      }
    }
  }
  return all;
}

std::vector<Cells> grouped(const Cells& cells, const Names& but) {
  return grouped_by(cells, [&](const Cell& cell) {
    auto rest = nlohmann::json(cell.key);
    for (const auto& name : but)
      rest.erase(name);
    return text_of(rest);
  });
}

std::vector<Cells> by_verb(const Cells& cells) {
  return grouped_by(cells, [](const Cell& cell) { return cell.setting("verb"); });
}

std::vector<Cells> families(const Cells& cells) {
  return grouped_by(cells, [](const Cell& cell) {
    auto names = nlohmann::json(cell.key);
    for (auto& [name, value] : names.items()) {
      if (name != "verb") value = nullptr;
    }
    return text_of(names);
  });
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
  if (value && setting == "rate" && *value == 0) return "full";
  if (value && setting == "rate") return readable(*value, "messages/s");
  return shown(cell.setting(setting));
}

std::string described(const Cell& cell, const Names& settings) {
  std::string out;
  for (const auto& name : settings) {
    const auto value = readable(cell, name);
    if (value.empty()) continue;
    if (!out.empty()) out += ", ";
    if (std::ranges::find(plain, name) == plain.end()) out += shown(name) + " ";
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
