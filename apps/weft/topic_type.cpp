// weft topic type: the type of a topic.
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

void add_topic_type(CLI::App& topic, Run& run) {
  add_look(
      topic, run,
      {.verb = "type",
       .help = "Print the type of a topic",
       .footer = "Example: weft topic type host/cpu",
       .argument = "topic",
       .argument_help = "The topic's name, as host/cpu"},
      [](const Asked& asked, Tool& tool) { return show_types(Sort::topic, asked.name, asked.json, tool); });
}

}  // namespace weft::tool
