// Views: the directory as JSON, for programs that are written in whatever language.
//
// Threads   Pure functions.
// Safety    Texts are as others announced them: whoever prints them escapes control characters (base/foreign_text.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "codec/dynamic.hpp"
#include "discovery/channels.hpp"
#include "discovery/nodes.hpp"
#include "discovery/why.hpp"

namespace weft::discovery {

/// "publishers": the key of all ports of that kind.
std::string key_of(PortKind kind);

/// A port: its kind, name, node, program, pid, type, QoS, media and endpoints.
Json port_view(const Graph& graph, const Port& port);
/// A node: its name, namespace, program, pid, and how many ports of each kind it has.
Json node_view(const NodeLine& line);
/// A list of name, fingerprint and canonical text.
Json types_view(std::span<const std::string_view> schemas);
/// A topic, service or queue in short: type names, and how many ports and pairs it has.
Json channel_line(Sort sort, std::string_view name, const Channel& channel);
/// The whole of it: its types, its ports by side, its pairs.
Json channel_view(const Graph& graph, Sort sort, std::string_view name, const Channel& channel);
/// What does not flow under that name, and why.
Json finding_view(std::string_view name, const Finding& finding);

}  // namespace weft::discovery
