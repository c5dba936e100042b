// Bytes: owned and borrowed runs of bytes; the message field types of the same names.
//
// Threads   Values.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace weft {

/// Owned bytes.
using Bytes = std::vector<std::byte>;
/// Borrowed bytes; whoever hands one out says how long it stays valid. As a field of a received message it
/// borrows the received frame and is valid as long as the Sample that it came in.
using BytesView = std::span<const std::byte>;

inline BytesView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace weft
