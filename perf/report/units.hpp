// Numbers as people read them: three digits, and a unit that fits their size.
//
// Threads   Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace weft::perf {

/// "1.25 µs" of 1250 "ns", "2.5 M/s" of "messages/s", "3.4 GB/s" of "bytes/s", "64 KiB" of "bytes", "0.953" of "ratio",
/// "12 k switches" of any other unit. Infinite: "∞"; no number: "?".
std::string readable(double value, std::string_view unit);

/// The same with all three digits, as numbers below each other are to have: "1.20 µs". A whole number that needs no greater
/// unit is exact: "7".
std::string measured(double value, std::string_view unit);

}  // namespace weft::perf
