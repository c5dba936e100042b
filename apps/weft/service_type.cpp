// weft service type: the type of a service.
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

void add_service_type(CLI::App& service, Run& run) {
  add_look(
      service, run,
      {.verb = "type",
       .help = "Print the types of a service",
       .footer = "Example: weft service type host/process",
       .argument = "service",
       .argument_help = "The service's name, as host/process"},
      [](const Asked& asked, Tool& tool) { return show_types(Sort::service, asked.name, asked.json, tool); });
}

}  // namespace weft::tool
