// Describing C++ types at compile time: which types a message may be made of, and their canonical text.
//
// What      schema_text<T>() is the canonical text of a message, fingerprint<T>() its 64-bit hash, Flat the
//           concept of messages whose memory can be their encoding. schema.hpp has the same as run-time data.
//           A type that cannot travel fails a static_assert that says why.
// Threads   Compile time only; the texts live in static storage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "type/check.hpp"
#include "type/text.hpp"
#include "type/traits.hpp"

namespace weft {

/// Longest canonical text of a schema.
inline constexpr std::size_t max_schema_bytes = 64 * 1024;

/// FNV-1a, 64 bit.
constexpr std::uint64_t fingerprint_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

namespace detail {

constexpr bool any_view(TypeList<> /*types*/) noexcept {
  return false;
}

template <class T, class... Rest>
constexpr bool any_view(TypeList<T, Rest...> /*types*/) noexcept {
  return std::is_same_v<T, BytesView> || any_view(parts_of<T>{}) || any_view(TypeList<Rest...>{});
}

/// The bytes that T's fields occupy, or 0 if T cannot be read from hostile memory.
template <class T>
constexpr std::size_t flat_bytes() noexcept;

template <class... Fields>
constexpr std::size_t flat_sum(TypeList<Fields...> /*types*/) noexcept {
  return ((flat_bytes<Fields>() != 0) && ...) ? (std::size_t{0} + ... + flat_bytes<Fields>()) : 0;
}

template <class T>
constexpr bool lists_in_order() noexcept {
  if constexpr (std::is_trivially_copyable_v<T>) {
    constexpr T example{};
    return T::weft_lists_in_order()(example);
  }
  return false;
}

template <class T>
constexpr std::size_t flat_bytes() noexcept {
  constexpr Kind kind = kind_of<T>;
  if constexpr (is_integer(kind) || kind == Kind::f32 || kind == Kind::f64 || kind == Kind::time ||
                kind == Kind::duration) {
    return sizeof(T);
  } else if constexpr (kind == Kind::array) {
    return flat_bytes<typename T::value_type>() * std::tuple_size_v<T>;
  } else if constexpr (kind == Kind::message && std::is_trivially_copyable_v<T>) {
    return lists_in_order<T>() ? flat_sum(parts_of<T>{}) : 0;
  }
  return 0;
}

template <class T>
constexpr bool check_message() noexcept {
  if constexpr (check<T>(TypeList<>{})) {
    static_assert(text_size<T>() <= max_schema_bytes,
                  "weft: this message's schema text is longer than 64 KiB");
    static_assert(least_bytes<T>() <= max_least_bytes, "weft: this message's arrays take more than 64 MiB");
    return true;
  }
  return false;
}

}  // namespace detail

/// Whether T may travel. Every use of a T that may not is a compile error that says why.
template <Message T>
inline constexpr bool supported = detail::check_message<T>();

/// The canonical text, such as `robot/Imu{stamp:time,accel:geometry/Vec3{x:f64,y:f64,z:f64},frame:string}`.
template <Message T>
constexpr std::string_view schema_text() noexcept {
  if constexpr (supported<T>) return {detail::text_of<T>.data(), detail::text_of<T>.size()};
  return {};
}

/// The hash of the canonical text; stands in every frame for the type.
template <Message T>
constexpr std::uint64_t fingerprint() noexcept {
  constexpr std::uint64_t value = fingerprint_of(schema_text<T>());
  return value;
}

/// `package/Type`.
template <Message T>
constexpr std::string_view type_name() noexcept {
  return T::weft_type_name();
}

namespace detail {
template <class T>
constexpr bool message_has_views() noexcept {
  if constexpr (supported<T>) return any_view(TypeList<T>{});
  return false;
}
template <class T>
constexpr bool message_is_flat() noexcept {
  if constexpr (supported<T>) return flat_bytes<T>() == sizeof(T);
  return false;
}
}  // namespace detail

/// Whether a T borrows bytes from the frame that it was decoded from.
template <Message T>
inline constexpr bool has_views = detail::message_has_views<T>();

/// Messages whose memory can be their encoding (codec/flat.hpp): trivially copyable, without padding, every
/// bit pattern a value, fields listed as they are declared.
template <class T>
concept Flat = Message<T> && detail::message_is_flat<T>();

}  // namespace weft
