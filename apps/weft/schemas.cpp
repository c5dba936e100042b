#include "weft/schemas.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "discovery/channels.hpp"
#include "weft/directory.hpp"

namespace weft::tool {

namespace {

/// Every part of a service, or the topic's types; nothing where the name is none of them.
std::vector<std::string_view> of_channels(const discovery::Graph& graph, const std::string& name) {
  std::vector<std::string_view> out;
  for (const auto& channels : {discovery::topics(graph), discovery::services(graph)}) {
    const auto found = channels.find(name);
    if (found == channels.end()) continue;
    for (const auto& texts : {found->second.schemas(), found->second.responses()})
      out.insert(out.end(), texts.begin(), texts.end());
  }
  return out;
}

std::vector<std::string_view> of_type(const discovery::Graph& graph, const std::string& name) {
  std::set<std::string_view> out;
  for (const auto& [key, port] : graph.ports) {
    for (const std::string_view text : {port.schema, port.response}) {
      if (type_name_of(text) == name) out.insert(text == port.schema ? port.schema : port.response);
    }
  }
  return {out.begin(), out.end()};
}

Error unknown(const discovery::Graph& graph, const std::string& name) {
  std::set<std::string> names;
  for (const auto& [key, port] : graph.ports) {
    names.insert(port.name);
    for (const auto& text : {port.schema, port.response}) {
      if (!text.empty()) names.insert(type_name_of(text));
    }
  }
  const auto near = nearest(name, std::vector<std::string>(names.begin(), names.end()));
  return Error{Errc::not_found, fmt::format("no topic, service or type \"{}\" whose schema is known{}",
                                            shown(name, 100), near.empty() ? "" : did_you_mean({near}))};
}

}  // namespace

Result<Schema> schema_from(const std::string& text_or_file) {
  std::string text = text_or_file;
  if (text.starts_with('@')) {
    std::ifstream file(text_or_file.substr(1));
    if (!file) return sys_error(errno, "open", text_or_file.substr(1));
    text.resize(max_schema_bytes + 1);
    file.read(text.data(), std::streamsize(text.size()));
    text.resize(std::min(std::size_t(file.gcount()), text.find('\n')));
  }
  auto schema = Schema::parse(text);
  if (!schema) return Error{Errc::invalid_argument, std::move(schema).error().message};
  return schema;
}

Result<std::vector<Schema>> schemas_named(const std::string& name, Tool& tool) {
  std::vector<Schema> out;
  if (name.starts_with('@') || name.find('{') != std::string::npos) {
    WEFT_TRY(auto schema, schema_from(name));
    out.push_back(std::move(schema));
    return out;
  }
  WEFT_TRY(const auto watcher, tool.watch());
  auto texts = of_channels(watcher.graph(), name);
  if (texts.empty()) texts = of_type(watcher.graph(), name);
  for (const auto text : texts) {
    WEFT_TRY(auto schema, Schema::parse(text));
    out.push_back(std::move(schema));
  }
  if (out.empty()) return unknown(watcher.graph(), name);
  return out;
}

}  // namespace weft::tool
