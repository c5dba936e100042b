// A schema as C++: a header whose message type has the same canonical text, and so the same fingerprint.
//
// What      Each message and enum becomes a struct or an enum in `weft_messages::PACKAGE`, described by WEFT_MESSAGE
//           and WEFT_ENUM; the header ends with a static_assert of the fingerprint.
// Threads   A pure function.
#pragma once

#include <string>

#include "base/error.hpp"
#include "type/schema.hpp"

namespace weft {

/// Errors: unsupported, naming what C++ cannot say: a name that is a keyword, reserved or a macro; two types of one
/// name; more than 256 fields.
Result<std::string> cpp_header(const Schema& schema);

}  // namespace weft
