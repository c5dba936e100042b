// A schema as JSON Schema (draft 2020-12), for validators and generators of other languages.
//
// What      Describes the JSON that to_json() gives and weft's tools print: every field is there. (from_json() reads
//           more: what is left out is zero, times and durations may be integers of nanoseconds.) Each named message or
//           enum stands once in "$defs". "$id" is "weft:" with the type's name, "$comment" the canonical text.
// Threads   A pure function.
#pragma once

#include "codec/dynamic.hpp"
#include "type/schema.hpp"

namespace weft {

Json json_schema(const Schema& schema);

}  // namespace weft
