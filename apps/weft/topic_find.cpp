// weft topic find: the topics that carry a type.
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "type/describe.hpp"
#include "weft/directory.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Find {
  std::string type;
  bool json = false;
};

bool is_meant(std::string_view schema, const std::string& type) {
  return type_name_of(schema) == type || fmt::format("{:016x}", fingerprint_of(schema)) == type;
}

Result<void> find(const Find& options, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  std::set<std::string> types;
  bool any = false;
  for (const auto& [name, channel] : discovery::topics(watcher.graph())) {
    for (const auto schema : channel.schemas()) {
      types.insert(type_name_of(schema));
      if (!is_meant(schema, options.type)) continue;
      any = true;
      const Json line{{"name", name},
                      {"type", type_name_of(schema)},
                      {"fingerprint", fmt::format("{:016x}", fingerprint_of(schema))}};
      WEFT_CHECK(print_line(options.json ? json_line(line) : shown(name)));
    }
  }
  if (any) return {};
  const auto near = nearest(options.type, std::vector<std::string>(types.begin(), types.end()));
  return Error{Errc::not_found, fmt::format("no topic of type \"{}\"{}", shown(options.type, 100),
                                            near.empty() ? "" : did_you_mean({near}))};
}

}  // namespace

void add_topic_find(CLI::App& topic, Run& run) {
  auto options = std::make_shared<Find>();
  auto* verb = topic.add_subcommand("find", "Print the topics that carry a type");
  verb->add_option("type", options->type, "The type's name, as host/Cpu, or its fingerprint")->required();
  add_json_to(*verb, options->json);
  verb->footer("Example: weft topic find host/Cpu");
  verb->final_callback([options, &run] { run = [options](Tool& tool) { return find(*options, tool); }; });
}

}  // namespace weft::tool
