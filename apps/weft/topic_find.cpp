// weft topic find: the topics that carry a type.
#include <set>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "type/describe.hpp"
#include "weft/directory.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

bool is_meant(std::string_view schema, const std::string& type) {
  return type_name_of(schema) == type || fmt::format("{:016x}", fingerprint_of(schema)) == type;
}

Result<void> find(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  std::set<std::string> types;
  bool any = false;
  for (const auto& [name, channel] : discovery::topics(watcher.graph())) {
    for (const auto schema : channel.schemas()) {
      types.insert(type_name_of(schema));
      if (!is_meant(schema, asked.name)) continue;
      any = true;
      const Json line{{"name", name},
                      {"type", type_name_of(schema)},
                      {"fingerprint", fmt::format("{:016x}", fingerprint_of(schema))}};
      WEFT_CHECK(print_line(asked.json ? json_line(line) : shown(name)));
    }
  }
  if (any) return {};
  const auto near = nearest(asked.name, std::vector<std::string>(types.begin(), types.end()));
  return Error{Errc::not_found, fmt::format("no topic of type \"{}\"{}", shown(asked.name, 100),
                                            near.empty() ? "" : did_you_mean({near}))};
}

}  // namespace

void add_topic_find(CLI::App& topic, Run& run) {
  add_look(topic, run,
           {.verb = "find",
            .help = "Print the topics that carry a type",
            .footer = "Example: weft topic find host/Cpu",
            .argument = "type",
            .argument_help = "The type's name, as host/Cpu, or its fingerprint"},
           find);
}

}  // namespace weft::tool
