// PNG and JPEG files, of which some are damaged, and some made to do harm.
//
// Threads   Pure functions.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "examples/images/picture.hpp"

namespace weft::images {

/// The picture in a PNG or JPEG file, by its first bytes; what is transparent stands on white. Errors: malformed (also one
/// that ends too early), too_big, unsupported (another format).
Result<Picture> decode(BytesView file);

/// A PNG file. The same picture gives the same bytes. Errors: internal.
Result<Bytes> encode(const Picture& picture);

}  // namespace weft::images
