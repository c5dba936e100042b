// weft node list: the nodes, their programs, and how many ports of each kind they have.
#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "discovery/views.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

Result<void> list(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  app::Table table({{"NODE"},
                    {"PROGRAM"},
                    {"PID", true},
                    {"PUB", true},
                    {"SUB", true},
                    {"SERVE", true},
                    {"CALL", true},
                    {"PULL", true},
                    {"PUSH", true}});
  for (const auto& line : discovery::node_lines(watcher.graph())) {
    const auto all = discovery::node_view(line);
    if (asked.json) {
      WEFT_CHECK(print_line(json_line(all)));
      continue;
    }
    table.add({shown(all["name"].get<std::string>()), shown(all["program"].get<std::string>()),
               all["pid"].dump(), all["publishers"].dump(), all["subscribers"].dump(), all["servers"].dump(),
               all["clients"].dump(), all["workers"].dump(), all["producers"].dump()});
  }
  return asked.json ? Result<void>() : print_text(table.text(tool.terminal));
}

}  // namespace

void add_node_list(app::Command& node, Run& run) {
  add_look(node, run,
           {.verb = "list",
            .help = "List the nodes, their programs and how many ports they have",
            .footer = "Example: weft node list"},
           list);
}

}  // namespace weft::tool
