#include "weft/directory.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "type/describe.hpp"
#include "type/traits.hpp"

namespace weft::tool {

namespace {

using app::Colour;
using app::Table;
using discovery::Channel;
using discovery::Graph;
using discovery::Pair;
using discovery::PairState;
using discovery::Port;

std::string_view word(Sort sort) {
  return sort == Sort::topic ? "topic" : "service";
}
std::string_view owners_of(Sort sort) {
  return sort == Sort::topic ? "publishers" : "servers";
}
std::string_view guests_of(Sort sort) {
  return sort == Sort::topic ? "subscribers" : "clients";
}

discovery::Channels channels(Sort sort, const Graph& graph) {
  return sort == Sort::topic ? discovery::topics(graph) : discovery::services(graph);
}

Result<Channel> find(Sort sort, const std::string& name, const Graph& graph) {
  const auto all = channels(sort, graph);
  const auto found = all.find(name);
  if (found != all.end()) return found->second;
  return Error{Errc::not_found, fmt::format("no {} \"{}\"{}", word(sort), shown(name, 100),
                                            did_you_mean(discovery::alike(name, all)))};
}

std::size_t count(const Channel& channel, PairState state) {
  return static_cast<std::size_t>(std::count_if(channel.pairs.begin(), channel.pairs.end(),
                                                [&](const Pair* pair) { return pair->state == state; }));
}

Json names_of(const std::vector<std::string_view>& schemas) {
  Json out = Json::array();
  for (const auto schema : schemas)
    out.push_back(type_name_of(schema));
  return out;
}

Json summary(Sort sort, const std::string& name, const Channel& channel) {
  Json out = {{"name", name}, {"types", names_of(channel.schemas())}};
  if (sort == Sort::service) out["responses"] = names_of(channel.responses());
  out[owners_of(sort)] = channel.owners.size();
  out[guests_of(sort)] = channel.guests.size();
  out["joined"] = count(channel, PairState::joined) + count(channel, PairState::local);
  out["refused"] = count(channel, PairState::refused);
  return out;
}

std::string joined(const Json& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + shown(name.get<std::string>());
  return out.empty() ? "any" : out;
}

Json types_json(const std::vector<std::string_view>& schemas) {
  Json out = Json::array();
  for (const auto schema : schemas) {
    out.push_back({{"name", type_name_of(schema)},
                   {"fingerprint", fmt::format("{:016x}", fingerprint_of(schema))},
                   {"schema", schema}});
  }
  return out;
}

Json pair_json(const Graph& graph, const Pair& pair) {
  const auto end = [&](const discovery::PortKey& key) {
    const auto port = graph.ports.find(key);
    return port == graph.ports.end() ? std::string() : discovery::describe(graph, port->second);
  };
  Json out = {{"owner", end(pair.owner)}, {"guest", end(pair.guest)}, {"state", enumerator_name(pair.state)}};
  if (!pair.medium.empty()) out["medium"] = pair.medium;
  if (pair.state == PairState::refused) {
    out["obstacle"] = enumerator_name(pair.obstacle);
    out["reason"] = pair.reason;
  }
  return out;
}

Json whole(Sort sort, const std::string& name, const Channel& channel, const Graph& graph) {
  Json out = {{"name", name}, {"types", types_json(channel.schemas())}};
  if (sort == Sort::service) out["responses"] = types_json(channel.responses());
  const auto ports = [&](const std::vector<const Port*>& list) {
    Json made = Json::array();
    for (const auto* port : list)
      made.push_back(port_json(graph, *port));
    return made;
  };
  out[owners_of(sort)] = ports(channel.owners);
  out[guests_of(sort)] = ports(channel.guests);
  out["pairs"] = Json::array();
  for (const auto* pair : channel.pairs)
    out["pairs"].push_back(pair_json(graph, *pair));
  return out;
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
  Table table({{"KIND"}, {"NODE"}, {"PROGRAM"}, {"PID", true}, {"TYPE"}, {"QOS"}, {"WHERE"}});
  for (const auto* list : {&channel.owners, &channel.guests}) {
    for (const auto* port : *list) {
      const auto json = port_json(graph, *port);
      table.add({std::string(enumerator_name(port->kind)), shown(json["node"].get<std::string>()),
                 shown(json["program"].get<std::string>()), json["pid"].dump(),
                 port->schema.empty() ? "any" : type_name_of(port->schema),
                 fmt::format("{} {}", port->reliable ? "reliable" : "best_effort", port->depth),
                 where(*port)});
    }
  }
  return table;
}

Table pairs_table(const Json& pairs) {
  Table table({{"PUBLISHER"}, {"SUBSCRIBER"}, {"STATE"}, {"HOW"}});
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

std::string did_you_mean(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += fmt::format("{}\"{}\"", out.empty() ? "; did you mean " : " or ", shown(name, 200));
  return out.empty() ? out : out + "?";
}

std::string type_name_of(std::string_view schema) {
  return shown(schema.substr(0, schema.find('{')), 200);
}

std::string node_label(const Graph& graph, const discovery::PortKey& key, std::uint32_t node) {
  const auto found = graph.nodes.find({key.context, node});
  if (found != graph.nodes.end()) return found->second.name;
  return {};
}

Json port_json(const Graph& graph, const Port& port) {
  const auto session = graph.sessions.find(port.key.context);
  const bool known = session != graph.sessions.end();
  Json media = Json::array();
  for (const auto& medium : port.media)
    media.push_back(medium.scheme);
  return {{"kind", enumerator_name(port.kind)},
          {"name", port.name},
          {"node", node_label(graph, port.key, port.node)},
          {"program", known ? session->second.program : std::string()},
          {"pid", known ? session->second.pid : 0},
          {"port", fmt::format("{:016x}:{}", port.key.context, port.key.port)},
          {"type", port.schema.empty() ? std::string() : type_name_of(port.schema)},
          {"reliable", port.reliable},
          {"depth", port.depth},
          {"media", std::move(media)},
          {"endpoints", port.endpoints},
          {"by_hand", port.by_hand}};
}

Result<void> list_channels(Sort sort, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const bool topic = sort == Sort::topic;
  Table table({{topic ? "TOPIC" : "SERVICE"},
               {"TYPE"},
               {topic ? "PUBLISHERS" : "SERVERS", true},
               {topic ? "SUBSCRIBERS" : "CLIENTS", true},
               {"REFUSED", true}});
  for (const auto& [name, channel] : channels(sort, watcher.graph())) {
    const auto line = summary(sort, name, channel);
    if (json) {
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    auto types = joined(line["types"]);
    if (!topic) types += " -> " + joined(line["responses"]);
    const auto refused = line["refused"].get<std::size_t>();
    table.add({shown(name), types, line[owners_of(sort)].dump(), line[guests_of(sort)].dump(),
               refused == 0 ? Table::Cell("0") : Table::Cell(fmt::format("{}", refused), Colour::red)});
  }
  return json ? Result<void>() : print_text(table.text(tool.terminal));
}

Result<void> show_channel(Sort sort, const std::string& name, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto& graph = watcher.graph();
  WEFT_TRY(const auto channel, find(sort, name, graph));
  const auto all = whole(sort, name, channel, graph);
  if (json) return print_line(json_line(all));
  const auto& terminal = tool.terminal;
  std::string out;
  const auto types = [&](const char* title, const char* key) {
    for (const auto& type : all[key]) {
      out += fmt::format("{} {} {}\n", terminal.paint(Colour::bold, title), type["name"].get<std::string>(),
                         type["fingerprint"].get<std::string>());
    }
  };
  types(sort == Sort::topic ? "type" : "request", "types");
  if (sort == Sort::service) types("response", "responses");
  out += "\n" + ports_table(graph, channel).text(terminal);
  if (!channel.pairs.empty()) out += "\n" + pairs_table(all["pairs"]).text(terminal);
  return print_text(out);
}

Result<void> show_types(Sort sort, const std::string& name, bool json, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  WEFT_TRY(const auto channel, find(sort, name, watcher.graph()));
  const auto print = [&](const Json& types, const char* part) -> Result<void> {
    for (const auto& type : types) {
      auto line = type;
      if (sort == Sort::service) line["part"] = part;
      const auto prefix = sort == Sort::service ? fmt::format("{} ", part) : std::string();
      WEFT_CHECK(print_line(json ? json_line(line) : prefix + type["name"].get<std::string>()));
    }
    return {};
  };
  WEFT_CHECK(print(types_json(channel.schemas()), "request"));
  return sort == Sort::topic ? Result<void>() : print(types_json(channel.responses()), "response");
}

}  // namespace weft::tool
