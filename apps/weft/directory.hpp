// A topic and a service are listed, shown and typed alike.
#pragma once

#include <string>

#include "discovery/channels.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

using discovery::Sort;

/// All of that sort.
Result<void> list_channels(Sort sort, bool json, Tool& tool);
/// One of them, its ports and its pairs. Errors: not_found, with those that may have been meant.
Result<void> show_channel(Sort sort, const std::string& name, bool json, Tool& tool);
/// Its types. Errors: as above.
Result<void> show_types(Sort sort, const std::string& name, bool json, Tool& tool);

}  // namespace weft::tool
