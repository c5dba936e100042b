#include "discovery/channels.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "type/traits.hpp"

namespace weft::discovery {
namespace {

constexpr std::size_t most_shown = 60;

std::vector<std::string_view> distinct(const Channel& channel, std::string Port::*text) {
  std::vector<std::string_view> out;
  for (const auto* ports : {&channel.owners, &channel.guests}) {
    for (const auto* port : *ports) {
      const std::string_view schema = port->*text;
      if (!schema.empty() && std::find(out.begin(), out.end(), schema) == out.end()) out.push_back(schema);
    }
  }
  return out;
}

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('/') + 1);
}

/// How unlikely `other` was meant; nothing: not at all.
std::optional<std::size_t> unlikeness(std::string_view name, std::string_view other) {
  constexpr std::size_t goes_on = 2;  // as two slips
  if (last_part(other) == last_part(name)) return 0;
  if (const auto distance = nearness(name, other)) return distance;
  const bool begins = !last_part(name).empty() && other.starts_with(name) &&
                      other.find('/', name.size()) == std::string_view::npos;
  return begins ? std::optional(goes_on) : std::nullopt;
}

}  // namespace

std::vector<std::string_view> Channel::schemas() const {
  return distinct(*this, &Port::schema);
}

std::vector<std::string_view> Channel::responses() const {
  return distinct(*this, &Port::response);
}

Channels channels(const Graph& graph, Sort sort) {
  Channels out;
  for (const auto& [key, port] : graph.ports) {
    if (sort_of(port.kind) != sort) continue;
    auto& channel = out[port.name];
    (is_owner(port.kind) ? channel.owners : channel.guests).push_back(&port);
  }
  for (const auto& [keys, pair] : graph.pairs) {
    const auto owner = graph.ports.find(pair.owner);
    if (owner == graph.ports.end() || sort_of(owner->second.kind) != sort) continue;
    out[owner->second.name].pairs.push_back(&pair);
  }
  return out;
}

std::string_view deed_of(PortKind kind) noexcept {
  switch (kind) {
    case PortKind::publisher:
      return "publishes";
    case PortKind::subscriber:
      return "subscribes to";
    case PortKind::server:
      return "serves";
    case PortKind::client:
      return "calls";
    case PortKind::worker:
      return "pulls from";
    default:
      return "pushes to";
  }
}

std::string told_as(Sort sort, std::string_view name) {
  return fmt::format("{0} is a {1}: weft {1} info {0}", shown(name, 100), enumerator_name(sort));
}

Result<Channel> find_channel(const Graph& graph, Sort sort, std::string_view name) {
  const auto all = channels(graph, sort);
  const auto found = all.find(name);
  if (found != all.end()) return found->second;
  for (const auto other : all_sorts) {
    if (channels(graph, other).contains(name)) return Error{Errc::not_found, told_as(other, name)};
  }
  return Error{Errc::not_found, fmt::format("no {} \"{}\"{}", enumerator_name(sort), shown(name, 100),
                                            did_you_mean(alike(name, all)))};
}

std::string describe(const Graph& graph, const Port& port) {
  std::string out(enumerator_name(port.kind));
  const auto node = graph.nodes.find({port.key.context, port.node});
  if (node != graph.nodes.end() && !node->second.name.empty())
    out += fmt::format(" of {}", shown(node->second.name, most_shown));
  const auto session = graph.sessions.find(port.key.context);
  if (session == graph.sessions.end()) return out;
  return fmt::format("{} ({}, pid {})", out, shown(session->second.program, most_shown), session->second.pid);
}

std::vector<std::string> alike(std::string_view name, const Channels& channels, std::size_t most) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& [other, channel] : channels) {
    if (other == name) continue;
    if (const auto far = unlikeness(name, other)) found.emplace_back(*far, other);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (auto& [distance, other] : found) {
    if (out.size() < most) out.push_back(std::move(other));
  }
  return out;
}

}  // namespace weft::discovery
