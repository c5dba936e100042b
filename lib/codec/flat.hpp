// Flat: messages whose memory is their encoding.
//
// What      For the concept Flat (type/describe.hpp): a plain copy, little-endian as the machine is. Every
//           bit pattern is a value, so bytes from anywhere may be viewed.
// Threads   Pure functions.
// Lifetime  view() points into the bytes that it was given.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "type/describe.hpp"

namespace weft::flat {

static_assert(std::endian::native == std::endian::little, "flat messages travel little-endian");

/// Bytes of every T.
template <Flat T>
inline constexpr std::size_t size = sizeof(T);

/// Errc::malformed: `found` bytes, or bytes at the wrong alignment, cannot be a `type` of `size` bytes.
Error misfit(std::string_view type, std::size_t size, std::size_t found);

/// Copies the message; writes nothing if `out` is too small. REQUIRES: out.size() == size<T>.
template <Flat T>
void encode(const T& message, std::span<std::byte> out) noexcept {
  if (out.size() >= sizeof(T)) std::memcpy(out.data(), &message, sizeof(T));
}

/// The message in place; Errc::malformed unless `bytes` has T's size and alignment.
template <Flat T>
Result<const T*> view(BytesView bytes) {
  bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(T) == 0;
  if (bytes.size() != sizeof(T) || !aligned) return misfit(type_name<T>(), sizeof(T), bytes.size());
  return reinterpret_cast<const T*>(bytes.data());
}

/// Copies the message out of bytes of any alignment; Errc::malformed unless they have T's size.
template <Flat T>
Result<void> decode(BytesView bytes, T& message) {
  if (bytes.size() != sizeof(T)) return misfit(type_name<T>(), sizeof(T), bytes.size());
  std::memcpy(&message, bytes.data(), sizeof(T));
  return {};
}

}  // namespace weft::flat
