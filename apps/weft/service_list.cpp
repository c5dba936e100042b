// weft service list: the services that anybody has, with their types.
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

void add_service_list(CLI::App& service, Run& run) {
  add_look(service, run,
           {.verb = "list",
            .help = "List the services with their types, and how many have them",
            .footer = "Example: weft service list"},
           [](const Asked& asked, Tool& tool) { return list_channels(Sort::service, asked.json, tool); });
}

}  // namespace weft::tool
