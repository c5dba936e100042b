// weft topic list, service list, queue list: those that anybody has, with their types.
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "discovery/types.hpp"
#include "discovery/views.hpp"
#include "type/traits.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

/// By name; those of one name are told apart by their fingerprints.
std::string names_of(const std::vector<std::string_view>& schemas) {
  std::map<std::string, int> times;
  for (const auto schema : schemas)
    ++times[discovery::type_name_of(schema)];
  std::string out;
  for (const auto schema : schemas) {
    const auto name = discovery::type_name_of(schema);
    out += (out.empty() ? "" : ", ") + name;
    if (times[name] > 1) out += fmt::format(" {}", discovery::fingerprint_text(schema));
  }
  return out.empty() ? "any" : out;
}

Result<void> list(Sort sort, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto owners = discovery::key_of(discovery::sides_of(sort).owner);
  const auto guests = discovery::key_of(discovery::sides_of(sort).guest);
  app::Table table({{in_capitals(enumerator_name(sort))},
                    {"TYPE"},
                    {in_capitals(owners), true},
                    {in_capitals(guests), true},
                    {"REFUSED", true}});
  for (const auto& [name, channel] : discovery::channels(watcher.graph(), sort)) {
    const auto line = discovery::channel_line(sort, name, channel);
    if (json) {
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    auto types = names_of(channel.schemas());
    if (sort == Sort::service) types += fmt::format(" -> {}", names_of(channel.responses()));
    const auto refused = line["refused"].get<std::size_t>();
    table.add({shown(name), types, line[owners].dump(), line[guests].dump(),
               refused == 0 ? app::Table::Cell("0")
                            : app::Table::Cell(fmt::format("{}", refused), app::Colour::red)});
  }
  return json ? Result<void>() : print_text(table.text(tool.terminal));
}

}  // namespace

void add_list(app::Command& level, Run& run, Sort sort) {
  const auto name = enumerator_name(sort);
  add_look(level, run,
           {.verb = "list",
            .help = fmt::format("List the {}s with their types, and how many have them", name),
            .footer = fmt::format("Example: weft {} list", name)},
           [sort](const Asked& asked, Tool& tool) { return list(sort, asked.json, tool); });
}

}  // namespace weft::tool
