// MessagePack: how messages travel.
//
// What      A message is an array in the order of its fields; integers in their shortest form; Time and
//           Duration always int64 (0xd3); double always float64, float float32; string str, bytes bin; an
//           enum its integer; optional nil or the value; list and array an array; map a map; variant [index,
//           value]. Readers take any form of integer that is in range, and integers or the other width for
//           floats.
// Threads   Pure functions.
// Lifetime  A BytesView field of a decoded message points into the bytes that it was decoded from.
// Limits    A string, bytes, list or map has less than 2^32 bytes or elements.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "codec/planned.hpp"
#include "codec/wire_records.hpp"
#include "type/describe.hpp"

namespace weft {

/// The exact number of bytes that encode() writes for this value.
template <Message T>
std::size_t encoded_size(const T& message) noexcept {
  if constexpr (supported<T>) return codec::size_of(message);
  return 0;
}

/// Writes the message. REQUIRES: out.size() == encoded_size(message); into less, it writes what fits in whole
/// items and nothing outside. Never allocates.
template <Message T>
void encode(const T& message, std::span<std::byte> out) noexcept {
  codec::Writer writer(out);
  if constexpr (supported<T>) codec::put_value(writer, message);
}

/// The message as owned bytes.
template <Message T>
Bytes encode(const T& message) {
  Bytes bytes(encoded_size(message));
  encode(message, bytes);
  return bytes;
}

/// Reads a T of the same schema into `message`, using the capacity of its strings and vectors again. Any
/// bytes are safe: Errc::malformed, or Errc::incompatible for an unknown enumerator or alternative, with the
/// field and the position; then `message` is valid, its value unspecified. Trailing bytes are malformed.
template <Message T>
Result<void> decode(BytesView bytes, T& message) {
  codec::Reader reader(bytes);
  if constexpr (supported<T>) {
    if (codec::get_value(reader, message) && reader.left() == 0) [[likely]]
      return {};
  }
  if (!reader.failed()) reader.fail("trailing bytes");
  return reader.error(type_name<T>());
}

/// Reads a T whose writer may know fewer or more fields at its end: those that are missing keep what `message` holds,
/// those that are unknown here are passed over. For what two versions say before they know each other's schemas.
/// Errors as above.
template <Message T>
Result<void> decode_growing(BytesView bytes, T& message) {
  codec::Reader reader(bytes);
  if (codec::get_growing(reader, message) && reader.left() == 0) return {};
  if (!reader.failed()) reader.fail("trailing bytes");
  return reader.error(type_name<T>());
}

/// Reads bytes of the plan's writer; a field that the writer lacks gets T's default initialiser. Errors as
/// above, and Errc::invalid_argument for a plan that reads into another type than T.
template <Message T>
Result<void> decode(BytesView bytes, const Plan& plan, T& message) {
  if (plan.reader_fingerprint() != fingerprint<T>()) return codec::wrong_plan(type_name<T>());
  codec::Reader reader(bytes);
  if (codec::get_planned(reader, plan.root(), message) && reader.left() == 0) [[likely]]
    return {};
  if (!reader.failed()) reader.fail("trailing bytes");
  return reader.error(type_name<T>());
}

}  // namespace weft
