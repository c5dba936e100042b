// Batch: several messages of one source as the payload of one frame, since a frame costs more than a short message.
//
// What      The frame's header says how many (Header::count); each is its length and itself (FORMAT.md).
// Threads   Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "base/bytes.hpp"

namespace weft::wire {

/// Bytes of the longest frame that several messages are put into: such a one is copied within the first-level cache.
inline constexpr std::size_t longest_batch = 16384;

namespace detail {

/// Before each message; what follows keeps the alignment of the frame.
using BatchLength = std::uint64_t;

/// Once, since another process may change it between two looks.
inline BatchLength read_once(const std::byte* at) noexcept {
  struct [[gnu::packed]] Unaligned {
    BatchLength value;
  };
  return reinterpret_cast<const volatile Unaligned*>(at)->value;
}

constexpr std::size_t padded(std::size_t bytes) noexcept {
  return (bytes + sizeof(BatchLength) - 1) / sizeof(BatchLength) * sizeof(BatchLength);
}

}  // namespace detail

/// What a message of so many bytes takes in a batch.
constexpr std::size_t batched_bytes(std::size_t message) noexcept {
  return sizeof(detail::BatchLength) + detail::padded(message);
}

/// Room for the next message of so many bytes, from the front of `rest`, which is what is left. REQUIRES: batched_bytes(message)
/// are left.
inline std::span<std::byte> put_message(std::span<std::byte>& rest, std::size_t message) noexcept {
  const detail::BatchLength length = message;
  std::memcpy(rest.data(), &length, sizeof length);
  const auto room = rest.subspan(sizeof length, message);
  const auto padding = detail::padded(message) - message;
  if (padding != 0) std::memset(room.data() + message, 0, padding);
  rest = rest.subspan(batched_bytes(message));
  return room;
}

/// Takes the next message off. Total: nothing where none is left, or what is left is no message.
inline std::optional<BytesView> take_message(BytesView& rest) noexcept {
  if (rest.size() < sizeof(detail::BatchLength)) return std::nullopt;
  const auto length = detail::read_once(rest.data());
  if (length > rest.size() || batched_bytes(length) > rest.size()) return std::nullopt;
  const auto message = rest.subspan(sizeof length, length);
  rest = rest.subspan(batched_bytes(length));
  return message;
}

}  // namespace weft::wire
