// What the verbs that look at the directory share: a topic and a service are listed, shown and typed alike.
#pragma once

#include <string>
#include <string_view>

#include "discovery/channels.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

enum class Sort { topic, service };

/// All of that sort.
Result<void> list_channels(Sort sort, bool json, Tool& tool);
/// One of them, its ports and its pairs. Errors: not_found, with those that may have been meant.
Result<void> show_channel(Sort sort, const std::string& name, bool json, Tool& tool);
/// Its types. Errors: as above.
Result<void> show_types(Sort sort, const std::string& name, bool json, Tool& tool);

/// `package/Type` of canonical text.
std::string type_name_of(std::string_view schema);
/// A port, as JSON.
Json port_json(const discovery::Graph& graph, const discovery::Port& port);
/// The node's name, or its program's where it has none.
std::string node_label(const discovery::Graph& graph, const discovery::PortKey& key, std::uint32_t node);
/// "; did you mean \"a\" or \"b\"?", or nothing.
std::string did_you_mean(const std::vector<std::string>& names);

}  // namespace weft::tool
