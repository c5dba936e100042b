#include "discovery/views.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "discovery/types.hpp"
#include "type/traits.hpp"

namespace weft::discovery {
namespace {

std::size_t count(const Channel& channel, PairState state) {
  return static_cast<std::size_t>(std::count_if(channel.pairs.begin(), channel.pairs.end(),
                                                [&](const Pair* pair) { return pair->state == state; }));
}

Json names_of(const std::vector<std::string_view>& schemas) {
  Json out = Json::array();
  for (const auto schema : schemas)
    out.push_back(type_name_of(schema));
  return out;
}

Json pair_view(const Graph& graph, const Pair& pair) {
  const auto end = [&](const PortKey& key) {
    const auto port = graph.ports.find(key);
    return port == graph.ports.end() ? std::string() : describe(graph, port->second);
  };
  Json out = {{"owner", end(pair.owner)}, {"guest", end(pair.guest)}, {"state", enumerator_name(pair.state)}};
  if (!pair.medium.empty()) out["medium"] = pair.medium;
  if (pair.state == PairState::refused) {
    out["obstacle"] = enumerator_name(pair.obstacle);
    out["reason"] = pair.reason;
  }
  return out;
}

Json ports_view(const Graph& graph, const std::vector<const Port*>& ports) {
  Json out = Json::array();
  for (const auto* port : ports)
    out.push_back(port_view(graph, *port));
  return out;
}

}  // namespace

std::string key_of(PortKind kind) {
  return fmt::format("{}s", enumerator_name(kind));
}

Json port_view(const Graph& graph, const Port& port) {
  const auto session = graph.sessions.find(port.key.context);
  const bool known = session != graph.sessions.end();
  Json media = Json::array();
  for (const auto& medium : port.media)
    media.push_back(medium.scheme);
  return {{"kind", enumerator_name(port.kind)},
          {"name", port.name},
          {"node", node_name(graph, port)},
          {"program", known ? session->second.program : std::string()},
          {"pid", known ? session->second.pid : 0},
          {"port", fmt::format("{:016x}:{}", port.key.context, port.key.port)},
          {"type", type_name_of(port.schema)},
          {"reliable", port.reliable},
          {"depth", port.depth},
          {"media", std::move(media)},
          {"endpoints", port.endpoints},
          {"by_hand", port.by_hand}};
}

Json node_view(const NodeLine& line) {
  const bool known = line.session != nullptr;
  Json out = {{"name", line.node == nullptr ? std::string() : line.node->name},
              {"namespace", line.node == nullptr ? std::string() : line.node->name_space},
              {"program", known ? line.session->program : std::string()},
              {"pid", known ? line.session->pid : 0}};
  for (std::size_t kind = 0; kind < line.counts.size(); ++kind)
    out[key_of(PortKind(kind))] = line.counts[kind];
  return out;
}

Json types_view(std::span<const std::string_view> schemas) {
  Json out = Json::array();
  for (const auto schema : schemas) {
    out.push_back(
        {{"name", type_name_of(schema)}, {"fingerprint", fingerprint_text(schema)}, {"schema", schema}});
  }
  return out;
}

Json channel_line(Sort sort, std::string_view name, const Channel& channel) {
  Json out = {{"name", name}, {"types", names_of(channel.schemas())}};
  if (sort == Sort::service) out["responses"] = names_of(channel.responses());
  out[key_of(sides_of(sort).owner)] = channel.owners.size();
  out[key_of(sides_of(sort).guest)] = channel.guests.size();
  out["joined"] = count(channel, PairState::joined) + count(channel, PairState::local);
  out["refused"] = count(channel, PairState::refused);
  return out;
}

Json channel_view(const Graph& graph, Sort sort, std::string_view name, const Channel& channel) {
  Json out = {{"name", name}, {"types", types_view(channel.schemas())}};
  if (sort == Sort::service) out["responses"] = types_view(channel.responses());
  out[key_of(sides_of(sort).owner)] = ports_view(graph, channel.owners);
  out[key_of(sides_of(sort).guest)] = ports_view(graph, channel.guests);
  out["pairs"] = Json::array();
  for (const auto* pair : channel.pairs)
    out["pairs"].push_back(pair_view(graph, *pair));
  return out;
}

Json finding_view(std::string_view name, const Finding& finding) {
  return {{"name", name},
          {"hindered", true},
          {"cause", enumerator_name(finding.cause)},
          {"owner", finding.owner},
          {"guest", finding.guest},
          {"reason", finding.reason},
          {"remedy", finding.remedy}};
}

}  // namespace weft::discovery
