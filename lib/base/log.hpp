// The log sink: how the library says what no return value can carry. It prints nothing by itself.
//
// Threads   A sink is called from any thread, also from two at once.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace weft {

enum class Severity : std::uint8_t { debug, info, warning, error };

/// Receives one line at a time, without a newline. An empty function discards.
using LogSink = std::function<void(Severity, std::string_view line)>;

}  // namespace weft
