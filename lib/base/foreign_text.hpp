// Text that others wrote: whether it is UTF-8, and how it is shown to people.
//
// What      A string from another process, a file or the command line may hold anything: a newline that forges a
//           log line, an escape sequence that a terminal obeys. shown() makes it safe for a line.
// Threads   Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weft {

/// Length of the UTF-8 sequence (RFC 3629) that `text` begins with, 0 if it begins with none.
/// REQUIRES: !text.empty().
std::size_t utf8_length(std::string_view text) noexcept;

/// Whether all of it is UTF-8.
bool is_utf8(std::string_view text) noexcept;

/// The text with control characters written as \n or \u001b, as in JSON, bytes that are not UTF-8 as \xff, and
/// what is beyond `most` bytes as "...".
std::string shown(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace weft
