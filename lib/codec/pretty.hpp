// A message for people to read: indented lines, one field each.
//
// What      stamp: 2026-01-02T03:04:05.678901234Z
//           accel: {x: 0.1, y: 0, z: 9.81}
//           points: 2 elements
//             [0]: {x: 1, y: 2}
//             [1]: {x: 3, y: 4}
//           scan: [1, 2, 3, … 997 more]
//           Texts have no control character of their own (base/foreign_text.hpp).
// Threads   A pure function.
#pragma once

#include <string>

#include "codec/dynamic.hpp"
#include "type/schema.hpp"

namespace weft {

struct PrettyOptions {
  bool full = false;    ///< Else long lists, maps, strings and bytes are cut, with how much was left out.
  bool colour = false;  ///< Names in colour, by escape sequences of terminals.
};

/// What to_json() gave of a value of that type. Lines end with a newline; a scalar is one line.
std::string pretty(const Type& type, const Json& value, PrettyOptions options = {});

}  // namespace weft
