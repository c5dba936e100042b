// Numbers for people: four digits, and a prefix of their unit.
//
// Threads   A pure function.
#pragma once

#include <string>
#include <string_view>

namespace weft::perf {

/// figure(12345, "ns") is "12.35 us", figure(1.5e9, "bytes/s") "1.5 GB/s", figure(2e6, "messages/s"), as of whatever a second,
/// "2 M/s", and figure(1200, "") "1200".
std::string figure(double value, std::string_view unit);

}  // namespace weft::perf
