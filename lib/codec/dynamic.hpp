// Dynamic values: messages of types that the program was not compiled with, as JSON.
//
// What      A message is an object with its fields in order. Beside what JSON has of its own:
//             i64, u64   numbers, exact
//             f32, f64   numbers; "nan", "inf", "-inf"
//             time       "2026-01-02T03:04:05.678901234Z"; an integer of nanoseconds is read too
//             duration   "1.5s"; "250ms", "10us", "3ns", "2min", "1h", an integer of nanoseconds are read too
//             bytes      base64
//             enum       its name
//             optional   null or the value
//             map        an object; keys that are not strings as text
//             variant    {"<alternative>": value}, named by its Type::label(): "f64", "robot/Imu", "list<u8>"
//           Encoding what to_json gave brings back the same value; a NaN loses its payload bits.
// Threads   Pure functions.
// Errors    One line naming the path: "JSON for robot/Imu: accel.x: expected f64, found string \"abc\"".
#pragma once

#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "type/schema.hpp"

namespace weft {

using Json = nlohmann::ordered_json;

/// The message that `bytes` hold by `schema`. Any bytes are safe: Errc::malformed, or Errc::incompatible for
/// an unknown enumerator or alternative. Strings must be UTF-8. Memory is bounded by a multiple of
/// bytes.size().
Result<Json> to_json(const Schema& schema, BytesView bytes);

/// The encoded message that `json` describes. A field that is left out is zero, empty, nil, the enumerator 0
/// (or the first), the first alternative. Errc::invalid_argument for an unknown field, another type or a
/// number out of range; Errc::too_big beyond 256 MiB.
Result<Bytes> from_json(const Schema& schema, const Json& json);

}  // namespace weft
