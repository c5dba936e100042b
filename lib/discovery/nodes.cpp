#include "discovery/nodes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"

namespace weft::discovery {
namespace {

constexpr std::size_t most_shown = 100;

const Session* session_of(const Graph& graph, std::uint64_t context) {
  const auto found = graph.sessions.find(context);
  return found == graph.sessions.end() ? nullptr : &found->second;
}

/// Of all nodes and programs.
std::set<std::string> names_in(const Graph& graph) {
  std::set<std::string> names;
  for (const auto& [key, node] : graph.nodes)
    names.insert(node.name);
  for (const auto& [context, session] : graph.sessions)
    names.insert(session.program);
  return names;
}

}  // namespace

std::vector<NodeLine> node_lines(const Graph& graph) {
  std::map<std::pair<std::uint64_t, std::uint32_t>, NodeLine> lines;
  for (const auto& [key, node] : graph.nodes)
    lines[key].node = &node;
  for (const auto& [key, port] : graph.ports) {
    auto& counts = lines[{key.context, port.node}].counts;
    ++counts[static_cast<std::size_t>(port.kind) % counts.size()];
  }
  std::vector<NodeLine> out;
  for (auto& [key, line] : lines) {
    line.session = session_of(graph, key.first);
    out.push_back(line);
  }
  return out;
}

std::string_view node_name(const Graph& graph, const Port& port) {
  const auto found = graph.nodes.find({port.key.context, port.node});
  return found == graph.nodes.end() ? std::string_view() : found->second.name;
}

Result<std::vector<const Port*>> ports_of(const Graph& graph, const std::string& name) {
  const auto names = names_in(graph);
  if (!names.contains(name)) {
    const auto near = nearest(name, std::vector<std::string>(names.begin(), names.end()));
    const auto meant = near.empty() ? near : did_you_mean({&near, 1});
    return Error{Errc::not_found, fmt::format("no node or program \"{}\"{}", shown(name, most_shown), meant)};
  }
  std::vector<const Port*> out;
  for (const auto& [key, port] : graph.ports) {
    const auto* session = session_of(graph, key.context);
    if (node_name(graph, port) == name || (session != nullptr && session->program == name))
      out.push_back(&port);
  }
  return out;
}

}  // namespace weft::discovery
