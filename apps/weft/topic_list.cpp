// weft topic list: the topics that anybody has, with their types.
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

void add_topic_list(CLI::App& topic, Run& run) {
  add_look(topic, run,
           {.verb = "list",
            .help = "List the topics with their types, and how many have them",
            .footer = "Example: weft topic list"},
           [](const Asked& asked, Tool& tool) { return list_channels(Sort::topic, asked.json, tool); });
}

}  // namespace weft::tool
