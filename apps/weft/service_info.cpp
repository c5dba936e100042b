// weft service info: who has a service, where, and which pairs are joined.
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

void add_service_info(CLI::App& service, Run& run) {
  add_look(service, run,
           {.verb = "info",
            .help = "Show who serves and calls, where, and which pairs are joined",
            .footer = "Example: weft service info host/process",
            .argument = "service",
            .argument_help = "The service's name, as host/process"},
           [](const Asked& asked, Tool& tool) {
             return show_channel(Sort::service, asked.name, asked.json, tool);
           });
}

}  // namespace weft::tool
