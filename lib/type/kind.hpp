// Kind: the closed set of things that a message may be made of.
//
// What      One enumerator a field type; everything that describes, encodes or prints messages switches on
//           it.
// Threads   Values.
#pragma once

#include <cstdint>
#include <string_view>

namespace weft {

/// What a type is. The scalar kinds stand first, in the order of `scalar_names`.
enum class Kind : std::uint8_t {
  boolean,
  i8,
  i16,
  i32,
  i64,
  u8,
  u16,
  u32,
  u64,
  f32,
  f64,
  string,
  bytes,
  time,      ///< Nanoseconds since 1970-01-01 UTC, signed 64 bit.
  duration,  ///< Nanoseconds, signed 64 bit.
  enumeration,
  message,
  optional,
  list,
  array,
  map,
  variant,
};

/// The names of the scalar kinds in canonical schema text, indexed by Kind.
inline constexpr std::string_view scalar_names[] = {"bool", "i8",     "i16",   "i32",  "i64",
                                                    "u8",   "u16",    "u32",   "u64",  "f32",
                                                    "f64",  "string", "bytes", "time", "duration"};

constexpr bool is_scalar(Kind kind) noexcept {
  return kind <= Kind::duration;
}
constexpr bool is_signed(Kind kind) noexcept {
  return kind >= Kind::i8 && kind <= Kind::i64;
}
constexpr bool is_unsigned(Kind kind) noexcept {
  return kind >= Kind::u8 && kind <= Kind::u64;
}
constexpr bool is_integer(Kind kind) noexcept {
  return is_signed(kind) || is_unsigned(kind);
}

/// Bits of an integer kind: 8, 16, 32 or 64. REQUIRES: is_integer(kind).
constexpr unsigned bits_of(Kind kind) noexcept {
  auto first = is_signed(kind) ? Kind::i8 : Kind::u8;
  return 8U << (static_cast<unsigned>(kind) - static_cast<unsigned>(first));
}

/// Whether a map may have this kind of key.
constexpr bool can_be_key(Kind kind) noexcept {
  return is_integer(kind) || kind == Kind::string || kind == Kind::enumeration;
}

}  // namespace weft
