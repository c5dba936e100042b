// weft topic info: who has a topic, where, and which pairs are joined.
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

void add_topic_info(CLI::App& topic, Run& run) {
  add_look(
      topic, run,
      {.verb = "info",
       .help = "Show who publishes and subscribes, where, and which pairs are joined",
       .footer = "Example: weft topic info host/cpu",
       .argument = "topic",
       .argument_help = "The topic's name, as host/cpu"},
      [](const Asked& asked, Tool& tool) { return show_channel(Sort::topic, asked.name, asked.json, tool); });
}

}  // namespace weft::tool
