#include "weft/directory.hpp"

#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "discovery/types.hpp"
#include "discovery/views.hpp"
#include "type/traits.hpp"

namespace weft::tool {

namespace {

using app::Colour;
using app::Table;
using discovery::Channel;
using discovery::Graph;
using discovery::Port;

constexpr std::size_t indent = 2;  // of what does not fit on a line

/// By name; those of one name are told apart by their fingerprints.
std::string names_of(const std::vector<std::string_view>& schemas) {
  std::map<std::string, int> times;
  for (const auto schema : schemas)
    ++times[discovery::type_name_of(schema)];
  std::string out;
  for (const auto schema : schemas) {
    const auto name = discovery::type_name_of(schema);
    out += (out.empty() ? "" : ", ") + name;
    if (times[name] > 1) out += " " + discovery::fingerprint_text(schema);
  }
  return out.empty() ? "any" : out;
}

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
  const bool topic = sort == Sort::topic;
  Table table(
      {{topic ? "PUBLISHER" : "SERVER"}, {topic ? "SUBSCRIBER" : "CLIENT"}, {"STATE"}, {"HOW", false, true}});
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

}  // namespace

Result<void> list_channels(Sort sort, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const bool topic = sort == Sort::topic;
  Table table({{topic ? "TOPIC" : "SERVICE"},
               {"TYPE"},
               {topic ? "PUBLISHERS" : "SERVERS", true},
               {topic ? "SUBSCRIBERS" : "CLIENTS", true},
               {"REFUSED", true}});
  for (const auto& [name, channel] : discovery::channels(watcher.graph(), sort)) {
    const auto line = discovery::channel_line(sort, name, channel);
    if (json) {
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    auto types = names_of(channel.schemas());
    if (!topic) types += " -> " + names_of(channel.responses());
    const auto refused = line["refused"].get<std::size_t>();
    table.add({shown(name), types, line[discovery::owners_of(sort)].dump(),
               line[discovery::guests_of(sort)].dump(),
               refused == 0 ? Table::Cell("0") : Table::Cell(fmt::format("{}", refused), Colour::red)});
  }
  return json ? Result<void>() : print_text(table.text(tool.terminal));
}

Result<void> show_channel(Sort sort, const std::string& name, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto& graph = watcher.graph();
  WEFT_TRY(const auto channel, discovery::find_channel(graph, sort, name));
  const auto all = discovery::channel_view(graph, sort, name, channel);
  if (json) return print_line(json_line(all));
  const auto& terminal = tool.terminal;
  std::string out;
  const auto types = [&](const char* title, const char* key) {
    for (const auto& type : all[key]) {
      const auto line = fmt::format("{} {} {}", terminal.paint(Colour::bold, title),
                                    type["name"].get<std::string>(), type["fingerprint"].get<std::string>());
      out += app::wrapped(line, terminal.width, indent) + "\n";
    }
  };
  types(sort == Sort::topic ? "type" : "request", "types");
  if (sort == Sort::service) types("response", "responses");
  out += "\n" + ports_table(graph, channel).text(terminal);
  if (!channel.pairs.empty()) out += "\n" + pairs_table(sort, all["pairs"]).text(terminal);
  return print_text(out);
}

Result<void> show_types(Sort sort, const std::string& name, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  WEFT_TRY(const auto channel, discovery::find_channel(watcher.graph(), sort, name));
  const auto print = [&](const Json& types, const char* part) -> Result<void> {
    for (const auto& type : types) {
      auto line = type;
      if (sort == Sort::service) line["part"] = part;
      const auto prefix = sort == Sort::service ? fmt::format("{} ", part) : std::string();
      WEFT_CHECK(print_line(json ? json_line(line) : prefix + type["name"].get<std::string>()));
    }
    return {};
  };
  WEFT_CHECK(print(discovery::types_view(channel.schemas()), "request"));
  return sort == Sort::topic ? Result<void>() : print(discovery::types_view(channel.responses()), "response");
}

}  // namespace weft::tool
