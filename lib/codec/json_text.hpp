// The texts that stand in JSON for what JSON lacks: times, durations, bytes.
//
// What      time      "2026-01-02T03:04:05.678901234Z", always nine decimals
//           duration  "-1.5s": seconds with the decimals needed; "250ms", "10us", "3ns", "2min", "1h" are read too
//           bytes     base64 of RFC 4648, padded
//           Reading gives back exactly what was written; anything out of form or range gives nullopt.
// Threads   Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace weft::codec {

std::string time_text(Time time);
std::optional<Time> parse_time(std::string_view text);

std::string duration_text(Duration duration);
std::optional<Duration> parse_duration(std::string_view text);

std::string base64_text(BytesView bytes);
std::optional<Bytes> parse_base64(std::string_view text);

/// Whether the bytes are UTF-8 of RFC 3629, as JSON demands.

}  // namespace weft::codec
