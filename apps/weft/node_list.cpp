// weft node list: the nodes, their programs, and how many ports of each kind they have.
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

using Counts = std::array<std::size_t, 4>;  // by PortKind

struct Line {
  const discovery::Session* session = nullptr;
  const discovery::Node* node = nullptr;  // none: ports that no node made
  Counts counts{};
};

/// By context and node.
std::map<std::pair<std::uint64_t, std::uint32_t>, Line> lines_of(const discovery::Graph& graph) {
  std::map<std::pair<std::uint64_t, std::uint32_t>, Line> lines;
  for (const auto& [key, node] : graph.nodes)
    lines[key].node = &node;
  for (const auto& [key, port] : graph.ports)
    ++lines[{key.context, port.node}].counts[static_cast<std::size_t>(port.kind) % 4];
  for (auto& [key, line] : lines) {
    if (const auto session = graph.sessions.find(key.first); session != graph.sessions.end())
      line.session = &session->second;
  }
  return lines;
}

Json as_json(const Line& line) {
  const bool known = line.session != nullptr;
  return {{"name", line.node == nullptr ? std::string() : line.node->name},
          {"namespace", line.node == nullptr ? std::string() : line.node->name_space},
          {"program", known ? line.session->program : std::string()},
          {"pid", known ? line.session->pid : 0},
          {"publishers", line.counts[0]},
          {"subscribers", line.counts[1]},
          {"servers", line.counts[2]},
          {"clients", line.counts[3]}};
}

Result<void> list(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  app::Table table({{"NODE"},
                    {"PROGRAM"},
                    {"PID", true},
                    {"PUBLISHERS", true},
                    {"SUBSCRIBERS", true},
                    {"SERVERS", true},
                    {"CLIENTS", true}});
  for (const auto& [key, line] : lines_of(watcher.graph())) {
    const auto all = as_json(line);
    if (asked.json) {
      WEFT_CHECK(print_line(json_line(all)));
      continue;
    }
    table.add({shown(all["name"].get<std::string>()), shown(all["program"].get<std::string>()),
               all["pid"].dump(), all["publishers"].dump(), all["subscribers"].dump(), all["servers"].dump(),
               all["clients"].dump()});
  }
  return asked.json ? Result<void>() : print_text(table.text(tool.terminal));
}

}  // namespace

void add_node_list(CLI::App& node, Run& run) {
  add_look(node, run,
           {.verb = "list",
            .help = "List the nodes, their programs and how many ports they have",
            .footer = "Example: weft node list"},
           list);
}

}  // namespace weft::tool
