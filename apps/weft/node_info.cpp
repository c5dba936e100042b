// weft node info: what a node publishes, subscribes to, serves and calls.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "common/table.hpp"
#include "type/traits.hpp"
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

/// By the node's name or its program's.
bool is_named(const discovery::Graph& graph, const discovery::PortKey& key, std::uint32_t node,
              const std::string& name) {
  if (node_label(graph, key, node) == name) return true;
  const auto session = graph.sessions.find(key.context);
  return session != graph.sessions.end() && session->second.program == name;
}

Error unknown(const discovery::Graph& graph, const std::string& name) {
  std::set<std::string> names;
  for (const auto& [key, node] : graph.nodes)
    names.insert(node.name);
  for (const auto& [context, session] : graph.sessions)
    names.insert(session.program);
  const auto near = nearest(name, std::vector<std::string>(names.begin(), names.end()));
  return Error{Errc::not_found, fmt::format("no node or program \"{}\"{}", shown(name, 100),
                                            near.empty() ? "" : did_you_mean({near}))};
}

bool is_there(const discovery::Graph& graph, const std::string& name) {
  const auto node = [&](const auto& each) { return each.second.name == name; };
  const auto program = [&](const auto& each) { return each.second.program == name; };
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), node) ||
         std::any_of(graph.sessions.begin(), graph.sessions.end(), program);
}

Result<void> show(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto& graph = watcher.graph();
  if (!is_there(graph, asked.name)) return unknown(graph, asked.name);
  app::Table table({{"KIND"}, {"NAME"}, {"TYPE"}, {"QOS"}, {"NODE"}, {"PID", true}});
  for (const auto& [key, port] : graph.ports) {
    if (!is_named(graph, key, port.node, asked.name)) continue;
    const auto line = port_json(graph, port);
    if (asked.json) {
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    table.add({std::string(enumerator_name(port.kind)), shown(port.name),
               port.schema.empty() ? "any" : type_name_of(port.schema),
               fmt::format("{} {}", port.reliable ? "reliable" : "best_effort", port.depth),
               shown(line["node"].get<std::string>()), line["pid"].dump()});
  }
  return asked.json ? Result<void>() : print_text(table.text(tool.terminal));
}

}  // namespace

void add_node_info(CLI::App& node, Run& run) {
  add_look(node, run,
           {.verb = "info",
            .help = "Show what a node or program publishes, subscribes to, serves and calls",
            .footer = "Example: weft node info hostmon",
            .argument = "node",
            .argument_help = "The node's name, or its program's"},
           show);
}

}  // namespace weft::tool
