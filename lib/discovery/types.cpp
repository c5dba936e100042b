#include "discovery/types.hpp"

#include <set>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "type/describe.hpp"

namespace weft::discovery {
namespace {

constexpr std::size_t most_shown = 100;
constexpr std::size_t longest_type_name = 200;
constexpr std::size_t most_reason = 400;

using Names = std::set<std::string>;

std::string may_be_meant(const std::string& name, const Names& names) {
  const auto near = nearest(name, std::vector<std::string>(names.begin(), names.end()));
  return near.empty() ? near : did_you_mean({&near, 1});
}

/// Of the topic, the service (every part of it) and the queue; nothing where the name is none of them.
std::vector<std::string_view> of_channels(const Graph& graph, const std::string& name) {
  std::vector<std::string_view> out;
  for (const auto sort : all_sorts) {
    const auto all = channels(graph, sort);
    const auto found = all.find(name);
    if (found == all.end()) continue;
    for (const auto& texts : {found->second.schemas(), found->second.responses()})
      out.insert(out.end(), texts.begin(), texts.end());
  }
  return out;
}

std::vector<std::string_view> of_type(const Graph& graph, const std::string& name) {
  std::set<std::string_view> out;
  for (const auto& [key, port] : graph.ports) {
    for (const auto* text : {&port.schema, &port.response}) {
      if (type_name_of(*text) == name) out.insert(*text);
    }
  }
  return {out.begin(), out.end()};
}

Error unknown(const Graph& graph, const std::string& name) {
  Names names;
  for (const auto& [key, port] : graph.ports) {
    names.insert(port.name);
    for (const auto* text : {&port.schema, &port.response}) {
      if (!text->empty()) names.insert(type_name_of(*text));
    }
  }
  return Error{Errc::not_found, fmt::format("no topic, service, queue or type \"{}\" whose schema is known{}",
                                            shown(name, most_shown), may_be_meant(name, names))};
}

/// Who announced that text under that name, and what is wrong with it.
std::string accusation(const Graph& graph, const std::string& name, std::string_view text,
                       const Error& error) {
  std::string who;
  std::size_t count = 0;
  for (const auto& [key, port] : graph.ports) {
    const bool named = port.name == name || type_name_of(text) == name;
    if (!named || (port.schema != text && port.response != text)) continue;
    if (count++ == 0) who = describe(graph, port);
  }
  if (count > 1) who += fmt::format(" and {} more", count - 1);
  return fmt::format("{}: what is announced of {} is no type: {}", who, shown(name, most_shown),
                     shown(error.message, most_reason));
}

}  // namespace

std::string type_name_of(std::string_view schema) {
  return shown(schema.substr(0, schema.find('{')), longest_type_name);
}

std::string fingerprint_text(std::string_view schema) {
  return fmt::format("{:016x}", fingerprint_of(schema));
}

Result<Schemas> schemas_named(const Graph& graph, const std::string& name) {
  auto texts = of_channels(graph, name);
  if (texts.empty()) texts = of_type(graph, name);
  Schemas out;
  for (const auto text : texts) {
    if (auto schema = Schema::parse(text)) {
      out.sound.push_back(*std::move(schema));
    } else {
      out.unsound.push_back(accusation(graph, name, text, schema.error()));
    }
  }
  if (!out.sound.empty()) return out;
  if (out.unsound.empty()) return unknown(graph, name);
  return Error{Errc::malformed, std::move(out.unsound.front())};
}

Result<std::vector<Carrier>> topics_of_type(const Graph& graph, const std::string& type) {
  std::vector<Carrier> out;
  Names types;
  for (const auto& [name, channel] : channels(graph, Sort::topic)) {
    for (const auto schema : channel.schemas()) {
      types.insert(type_name_of(schema));
      if (type_name_of(schema) == type || fingerprint_text(schema) == type) out.push_back({name, schema});
    }
  }
  if (!out.empty()) return out;
  return Error{Errc::not_found,
               fmt::format("no topic of type \"{}\"{}", shown(type, most_shown), may_be_meant(type, types))};
}

}  // namespace weft::discovery
