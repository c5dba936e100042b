// weft topic type, service type: the type of a topic, the types of a service.
#include <vector>

#include <fmt/format.h>

#include "discovery/views.hpp"
#include "type/traits.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

Result<void> show(Sort sort, const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  WEFT_TRY(const auto channel, discovery::find_channel(watcher.graph(), sort, asked.name));
  const bool service = sort == Sort::service;
  const auto print = [&](const Json& types, const char* part) -> Result<void> {
    for (const auto& type : types) {
      auto line = type;
      if (service) line["part"] = part;
      const auto prefix = service ? fmt::format("{} ", part) : std::string();
      WEFT_CHECK(print_line(asked.json ? json_line(line) : prefix + type["name"].get<std::string>()));
    }
    return {};
  };
  WEFT_CHECK(print(discovery::types_view(channel.schemas()), "request"));
  return service ? print(discovery::types_view(channel.responses()), "response") : Result<void>();
}

}  // namespace

void add_type(app::Command& level, Run& run, Sort sort) {
  add_look(level, run,
           look_at_one(sort, "type", fmt::format("Print the type of a {}", enumerator_name(sort))),
           [sort](const Asked& asked, Tool& tool) { return show(sort, asked, tool); });
}

}  // namespace weft::tool
