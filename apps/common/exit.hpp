// How weft's programs end: exit codes, and the one line that says why.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace weft::app {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_timed_out = 3;

/// The exit code that fits an error.
int exit_code(const Error& error) noexcept;

/// The exit code of a program that is done, once all that it printed has been written; else says what failed.
int done(std::string_view program);

/// Prints "<program>: <line>" on standard error, as far as that can be written.
void say(std::string_view program, std::string_view line);

/// Says the error's message, and answers the exit code. A reader of our output who has had
/// enough (`weft … | head -1`) ends a program, and is no failure, nor is Ctrl-C that broke a wait off (EINTR): nothing
/// is printed, the code is 0.
int fail(std::string_view program, const Error& error);

}  // namespace weft::app
