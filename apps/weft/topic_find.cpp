// weft topic find: the topics that carry a type.
#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "discovery/types.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

Result<void> find(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  WEFT_TRY(const auto found, discovery::topics_of_type(watcher.graph(), asked.name));
  for (const auto& [topic, schema] : found) {
    const Json line{{"name", topic},
                    {"type", discovery::type_name_of(schema)},
                    {"fingerprint", discovery::fingerprint_text(schema)}};
    WEFT_CHECK(print_line(asked.json ? json_line(line) : shown(topic)));
  }
  return {};
}

}  // namespace

void add_topic_find(app::Command& topic, Run& run) {
  add_look(topic, run,
           {.verb = "find",
            .help = "Print the topics that carry a type",
            .footer = "Example: weft topic find host/Cpu",
            .argument = "type",
            .argument_help = "The type's name, as host/Cpu, or its fingerprint"},
           find);
}

}  // namespace weft::tool
