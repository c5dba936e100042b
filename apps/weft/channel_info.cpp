// weft topic info, service info, queue info: who has it, where, and which pairs are joined.
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

using app::Colour;
using app::Table;
using discovery::Channel;
using discovery::Graph;
using discovery::Port;

constexpr std::size_t indent = 2;  // of what does not fit on a line

std::string where(const Port& port) {
  std::string out;
  for (const auto* list : {&port.endpoints, &port.by_hand}) {
    for (const auto& endpoint : *list)
      out += fmt::format("{}{}", out.empty() ? "" : " ", shown(endpoint));
  }
  return out;
}

Table ports_table(const Graph& graph, const Channel& channel) {
  Table table({{"KIND"}, {"NODE"}, {"PROGRAM"}, {"PID", true}, {"TYPE"}, {"QOS"}, {"WHERE", false, true}});
  for (const auto* list : {&channel.owners, &channel.guests}) {
    for (const auto* port : *list) {
      const auto json = discovery::port_view(graph, *port);
      table.add({std::string(enumerator_name(port->kind)), shown(json["node"].get<std::string>()),
                 shown(json["program"].get<std::string>()), json["pid"].dump(),
                 port->schema.empty() ? "any" : discovery::type_name_of(port->schema),
                 fmt::format("{} {}", port->reliable ? "reliable" : "best_effort", port->depth),
                 where(*port)});
    }
  }
  return table;
}

Table pairs_table(Sort sort, const Json& pairs) {
  const auto sides = discovery::sides_of(sort);
  Table table({{in_capitals(enumerator_name(sides.owner))},
               {in_capitals(enumerator_name(sides.guest))},
               {"STATE"},
               {"HOW", false, true}});
  for (const auto& pair : pairs) {
    const auto state = pair["state"].get<std::string>();
    const auto how = pair.contains("reason") ? pair["reason"] : pair.value("medium", Json(""));
    table.add({pair["owner"].get<std::string>(),
               pair["guest"].get<std::string>(),
               {state, state == "refused" ? Colour::red : Colour::green},
               shown(how.get<std::string>())});
  }
  return table;
}

/// A line of each.
std::string types_text(std::string_view title, const Json& types, const app::Terminal& terminal) {
  std::string out;
  for (const auto& type : types) {
    const auto line = fmt::format("{} {} {}", terminal.paint(Colour::bold, title),
                                  type["name"].get<std::string>(), type["fingerprint"].get<std::string>());
    out += app::wrapped(line, terminal.width, indent) + "\n";
  }
  return out;
}

Result<void> show(Sort sort, const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto& graph = watcher.graph();
  WEFT_TRY(const auto channel, discovery::find_channel(graph, sort, asked.name));
  const auto all = discovery::channel_view(graph, sort, asked.name, channel);
  if (asked.json) return print_line(json_line(all));
  const bool service = sort == Sort::service;
  auto out = types_text(service ? "request" : "type", all["types"], tool.terminal);
  if (service) out += types_text("response", all["responses"], tool.terminal);
  out += fmt::format("\n{}", ports_table(graph, channel).text(tool.terminal));
  if (!channel.pairs.empty()) out += fmt::format("\n{}", pairs_table(sort, all["pairs"]).text(tool.terminal));
  return print_text(out);
}

}  // namespace

void add_info(app::Command& level, Run& run, Sort sort) {
  const auto sides = discovery::sides_of(sort);
  const auto help = fmt::format("Show its {} and {}, where they are, and which pairs are joined",
                                discovery::key_of(sides.owner), discovery::key_of(sides.guest));
  add_look(level, run, look_at_one(sort, "info", help),
           [sort](const Asked& asked, Tool& tool) { return show(sort, asked, tool); });
}

}  // namespace weft::tool
