// weft node info: a node's ports, and what each is of.
#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "discovery/types.hpp"
#include "discovery/views.hpp"
#include "type/traits.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

Result<void> show(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto& graph = watcher.graph();
  WEFT_TRY(const auto ports, discovery::ports_of(graph, asked.name));
  app::Table table({{"KIND"}, {"NAME"}, {"TYPE"}, {"QOS"}, {"NODE"}, {"PID", true}});
  for (const auto* port : ports) {
    const auto line = discovery::port_view(graph, *port);
    if (asked.json) {
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    table.add({std::string(enumerator_name(port->kind)), shown(port->name),
               port->schema.empty() ? "any" : discovery::type_name_of(port->schema),
               fmt::format("{} {}", port->reliable ? "reliable" : "best_effort", port->depth),
               shown(line["node"].get<std::string>()), line["pid"].dump()});
  }
  return asked.json ? Result<void>() : print_text(table.text(tool.terminal));
}

}  // namespace

void add_node_info(app::Command& node, Run& run) {
  add_look(
      node, run,
      {.verb = "info",
       .help =
           "Show what a node or program publishes, subscribes to, serves, calls, pulls from and pushes to",
       .footer = "Example: weft node info hostmon",
       .argument = "node",
       .argument_help = "The node's name, or its program's"},
      show);
}

}  // namespace weft::tool
