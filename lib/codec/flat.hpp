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
#include <tuple>

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

/// Bytes that a flat message of T's schema has, whatever T's own memory looks like; 0 if there is none.
template <class T>
constexpr std::size_t packed_bytes() noexcept;

namespace detail {

template <class... Ts>
constexpr std::size_t packed_sum(weft::detail::TypeList<Ts...> /*parts*/) noexcept {
  return ((packed_bytes<Ts>() != 0) && ...) ? (packed_bytes<Ts>() + ... + 0) : 0;
}

template <class T>
void unpack_part(BytesView& bytes, T& part) noexcept {
  constexpr Kind kind = weft::detail::kind_of<T>;
  if constexpr (kind == Kind::message) {
    std::apply([&](auto&... fields) { (unpack_part(bytes, fields), ...); }, part.weft_fields());
  } else if constexpr (kind == Kind::array) {
    for (auto& element : part)
      unpack_part(bytes, element);
  } else {
    std::memcpy(&part, bytes.data(), sizeof part);
    bytes = bytes.subspan(sizeof part);
  }
}

}  // namespace detail

template <class T>
constexpr std::size_t packed_bytes() noexcept {
  constexpr Kind kind = weft::detail::kind_of<T>;
  if constexpr (kind == Kind::message)
    return detail::packed_sum(weft::detail::parts_of<T>{});
  else if constexpr (kind == Kind::array)
    return packed_bytes<typename T::value_type>() * std::tuple_size_v<T>;
  else
    return weft::detail::flat_bytes<T>();
}

/// Copies the message out field by field, for a T whose memory is not that of its schema's flat messages; Errc::malformed
/// unless `bytes` are as many as they have. REQUIRES: packed_bytes<T>() != 0.
template <Message T>
Result<void> unpack(BytesView bytes, T& message) {
  if (bytes.size() != packed_bytes<T>()) return misfit(type_name<T>(), packed_bytes<T>(), bytes.size());
  detail::unpack_part(bytes, message);
  return {};
}

}  // namespace weft::flat
