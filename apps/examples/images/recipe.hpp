// What is done to one image, in whichever program.
//
// Threads   A pure function.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "examples/images/messages.hpp"

namespace weft::images {

/// Decodes a file, does the steps, and encodes that as PNG. Errors: those of decode() and resized(); invalid_argument (steps
/// out of range).
Result<Bytes> process(BytesView file, const Steps& steps);

}  // namespace weft::images
