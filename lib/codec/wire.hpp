// Wire<T>: how a T stands in MessagePack; here the interface and the scalars.
//
// What      One specialisation a Kind, encode and decode side by side:
//             fixed            bytes that every value takes, 0 if that depends on the value
//             least            fewest bytes that a reader may find in its place
//             size(v)          exact bytes of v                        (if fixed == 0)
//             put(writer, v)   appends v                               (if fixed == 0)
//             put_fixed(p, v)  writes v at p, unchecked                (if fixed != 0)
//             get_fixed(p, v)  reads the form that put_fixed writes, unchecked; false if another stands there
//             get(reader, v)   reads any form that a reader accepts
//           The free functions size_of, put_value and get_value choose between them.
// Threads   Stateless.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "codec/cursor.hpp"
#include "type/describe.hpp"

namespace weft::codec {

template <class T, Kind kind = weft::detail::kind_of<T>>
struct Wire;

template <class T>
inline std::size_t size_of(const T& value) noexcept {
  if constexpr (Wire<T>::fixed != 0) {
    return Wire<T>::fixed;
  } else {
    return Wire<T>::size(value);
  }
}

template <class T>
inline void put_value(Writer& writer, const T& value) noexcept {
  if constexpr (Wire<T>::fixed != 0) {
    if (auto* p = writer.take(Wire<T>::fixed)) Wire<T>::put_fixed(p, value);
  } else {
    Wire<T>::put(writer, value);
  }
}

template <class T>
inline bool get_value(Reader& reader, T& value) {
  if constexpr (Wire<T>::fixed != 0) {
    if (reader.left() >= Wire<T>::fixed && Wire<T>::get_fixed(reader.here(), value)) [[likely]] {
      reader.skip_bytes(Wire<T>::fixed);
      return true;
    }
  }
  return Wire<T>::get(reader, value);
}

inline std::size_t natural_size(std::uint64_t value) noexcept {
  return value < 0x80 ? 1 : value <= 0xff ? 2 : value <= 0xffff ? 3 : value <= 0xffffffff ? 5 : 9;
}
inline std::size_t integer_size(std::int64_t value) noexcept {
  if (value >= 0) return natural_size(static_cast<std::uint64_t>(value));
  return value >= -32 ? 1 : value >= INT8_MIN ? 2 : value >= INT16_MIN ? 3 : value >= INT32_MIN ? 5 : 9;
}

template <class T>
struct Wire<T, Kind::boolean> {
  static constexpr std::size_t fixed = 1, least = 1;
  static void put_fixed(std::byte* at, bool value) noexcept { store_tag(at, value ? tag::yes : tag::no); }
  static bool get_fixed(const std::byte* at, bool& value) noexcept {
    value = load<std::uint8_t>(at) == tag::yes;
    return (load<std::uint8_t>(at) & 0xfe) == tag::no;
  }
  static bool get(Reader& reader, bool& value) noexcept { return reader.boolean(value); }
};

/// Converts what the wire carried, if T can hold it.
template <class T>
inline bool narrow(Integer from, T& out) noexcept {
  out = static_cast<T>(from.bits);
  if (from.negative) {
    return std::is_signed_v<T> && static_cast<std::int64_t>(out) == static_cast<std::int64_t>(from.bits);
  }
  return std::in_range<T>(from.bits);
}

template <class T, Kind kind>
  requires(is_integer(kind))
struct Wire<T, kind> {
  static constexpr std::size_t fixed = 0, least = 1;
  static constexpr const char* name = scalar_names[static_cast<std::size_t>(kind)].data();

  static std::size_t size(T value) noexcept {
    if constexpr (std::is_signed_v<T>) {
      return integer_size(value);
    } else {
      return natural_size(value);
    }
  }
  static void put(Writer& writer, T value) noexcept {
    if constexpr (std::is_signed_v<T>) {
      writer.integer(value);
    } else {
      writer.natural(value);
    }
  }
  static bool get(Reader& reader, T& value, const char* expected = name) noexcept {
    if (reader.left() != 0 && reader.peek() < tag::fixmap) {
      value = static_cast<T>(reader.peek());
      reader.skip_bytes(1);
      return true;
    }
    auto before = reader;
    Integer number;
    if (!reader.integer(number, expected)) return false;
    if (narrow(number, value)) return true;
    reader = before;
    return reader.fail("an integer out of the field's range");
  }
};

template <class T>
struct Wire<T, Kind::f32> {
  static constexpr std::size_t fixed = 5, least = 1;
  static void put_fixed(std::byte* at, float value) noexcept {
    store_tag(at, tag::f32);
    store(at + 1, std::bit_cast<std::uint32_t>(value));
  }
  static bool get_fixed(const std::byte* at, float& value) noexcept {
    value = std::bit_cast<float>(load<std::uint32_t>(at + 1));
    return load<std::uint8_t>(at) == tag::f32;
  }
  /// A float64, which is what some languages write only, is rounded.
  static bool get(Reader& reader, float& value) noexcept {
    double wide = 0;
    if (!reader.real(wide, "f32")) return false;
    value = static_cast<float>(wide);
    return true;
  }
};

template <class T>
struct Wire<T, Kind::f64> {
  static constexpr std::size_t fixed = 9, least = 1;
  static void put_fixed(std::byte* at, double value) noexcept {
    store_tag(at, tag::f64);
    store(at + 1, std::bit_cast<std::uint64_t>(value));
  }
  static bool get_fixed(const std::byte* at, double& value) noexcept {
    value = std::bit_cast<double>(load<std::uint64_t>(at + 1));
    return load<std::uint8_t>(at) == tag::f64;
  }
  static bool get(Reader& reader, double& value) noexcept { return reader.real(value, "f64"); }
};

/// Time and Duration: always an int64 of nanoseconds in nine bytes.
template <class T, Kind kind>
  requires(kind == Kind::time || kind == Kind::duration)
struct Wire<T, kind> {
  static constexpr std::size_t fixed = 9, least = 1;
  static constexpr const char* name = kind == Kind::time ? "time" : "duration";

  static std::int64_t count(Time value) noexcept { return value.time_since_epoch().count(); }
  static std::int64_t count(Duration value) noexcept { return value.count(); }

  static void put_fixed(std::byte* at, T value) noexcept {
    store_tag(at, tag::i64);
    store(at + 1, static_cast<std::uint64_t>(count(value)));
  }
  static bool get_fixed(const std::byte* at, T& value) noexcept {
    value = T{Duration{static_cast<std::int64_t>(load<std::uint64_t>(at + 1))}};
    return load<std::uint8_t>(at) == tag::i64;
  }
  static bool get(Reader& reader, T& value) noexcept {
    std::int64_t nanoseconds = 0;
    if (!Wire<std::int64_t>::get(reader, nanoseconds, name)) return false;
    value = T{Duration{nanoseconds}};
    return true;
  }
};

template <class T>
struct Wire<T, Kind::enumeration> {
  using Number = std::underlying_type_t<T>;
  static constexpr std::size_t fixed = 0, least = 1;

  static constexpr bool known(T value) noexcept {
    bool found = false;
    for (const auto& each : weft::detail::enum_of<T>.enumerators)
      found = found || each.value == value;
    return found;
  }
  static std::size_t size(T value) noexcept { return Wire<Number>::size(static_cast<Number>(value)); }
  static void put(Writer& writer, T value) noexcept { Wire<Number>::put(writer, static_cast<Number>(value)); }
  static bool get(Reader& reader, T& value) noexcept {
    auto before = reader;
    Integer wide;
    Number number{};
    if (!reader.integer(wide, "an enumerator's integer")) return false;
    if (narrow(wide, number) && known(static_cast<T>(number))) {
      value = static_cast<T>(number);
      return true;
    }
    reader = before;
    return reader.fail("an enumerator that is unknown here", Errc::incompatible);
  }
};

}  // namespace weft::codec
