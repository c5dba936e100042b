// Standard output and standard error, which may be full, closed, or read by nobody.
//
// Threads   Any.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace weft::app {

/// Takes the place of what the program was not given of standard input, output and error, before a file of its own does;
/// to read or write there goes on failing. The first thing in main.
void fill_standard_descriptors() noexcept;

/// Writes all of it to that descriptor, `object` for people. While there is no room, it waits for room, or for SIGINT or
/// SIGTERM where they are blocked, as Interrupt has it. Errors: cancelled (EINTR), one of them came; the
/// kernel's.
Result<void> write_all(int fd, std::string_view text, std::string_view object);

/// The same to standard output.
Result<void> print(std::string_view text);

}  // namespace weft::app
