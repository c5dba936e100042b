// The check that a type may travel; its static_asserts are what a user reads who used one that may not.
//
// Threads   Compile time only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "type/text.hpp"
#include "type/traits.hpp"

namespace weft {

/// Deepest nesting of types within types, the message itself being the first.
inline constexpr std::size_t max_schema_depth = 64;
/// Longest encoding of a type's zero value: what fixed-size arrays alone may amount to.
inline constexpr std::uint64_t max_least_bytes = 64 << 20;

namespace detail {

/// The reason why a type without a Kind cannot travel. Never true.
template <class T>
constexpr bool refuse_unknown() noexcept {
  constexpr bool never = sizeof(T) == 0;
  if constexpr (std::is_pointer_v<T> || std::is_reference_v<T>) {
    static_assert(never,
                  "weft: a message cannot have pointers or references: they mean nothing to another process");
  } else if constexpr (std::is_same_v<T, std::byte>) {
    static_assert(never, "weft: use std::uint8_t, weft::Bytes or weft::BytesView instead of std::byte");
  } else if constexpr (std::is_enum_v<T>) {
    static_assert(never, "weft: this enum needs WEFT_ENUM(Enum, \"package/Enum\", enumerator, ...) after it");
  } else if constexpr (std::is_integral_v<T>) {
    static_assert(never,
                  "weft: character types and integers beyond 64 bit cannot travel: use std::int8_t and such");
  } else if constexpr (std::is_floating_point_v<T>) {
    static_assert(never, "weft: use float or double: long double differs between machines");
  } else if constexpr (std::is_aggregate_v<T>) {
    static_assert(never,
                  "weft: this struct needs WEFT_MESSAGE(\"package/Type\", field, ...) as its last line");
  } else {
    static_assert(never,
                  "weft: unsupported field type: use bool, fixed-width integers, float, double, std::string, "
                  "weft::Bytes, weft::BytesView, weft::Time, weft::Duration, WEFT_ENUM enums, messages, and "
                  "std::optional, vector, array, map, variant of these");
  }
  return false;
}

template <class T>
constexpr bool check_enum() noexcept {
  constexpr auto& enumerators = enum_of<T>.enumerators;
  constexpr bool small = [] {
    for (const auto& e : enumerators) {
      if (!std::in_range<std::int64_t>(static_cast<std::underlying_type_t<T>>(e.value))) return false;
    }
    return true;
  }();
  constexpr bool distinct = [] {
    for (std::size_t i = 0; i < enumerators.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (enumerators[i].name == enumerators[j].name || enumerators[i].value == enumerators[j].value)
          return false;
      }
    }
    return true;
  }();
  constexpr bool integer = is_integer(kind_of<std::underlying_type_t<T>>);
  static_assert(small, "weft: an enumerator's value must fit std::int64_t");
  static_assert(distinct, "weft: WEFT_ENUM must list each enumerator once, each with its own value");
  static_assert(integer, "weft: an enum's underlying type must be a fixed-width integer");
  return small && distinct && integer;
}

template <class... Ts>
constexpr bool labels_distinct(TypeList<Ts...> /*alternatives*/) noexcept {
  std::array<std::string_view, sizeof...(Ts)> labels{label<Ts>()...};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (labels[i] == labels[j]) return false;
    }
  }
  return true;
}

/// The rules of optional, map, variant and array that look at their parts.
template <class T, class First, class... Rest>
constexpr bool check_composite(TypeList<First, Rest...> parts) noexcept {
  constexpr Kind kind = kind_of<T>;
  if constexpr (kind == Kind::optional) {
    static_assert(kind_of<First> != Kind::optional,
                  "weft: an optional of an optional cannot travel: nil is one value");
    return kind_of<First> != Kind::optional;
  } else if constexpr (kind == Kind::map) {
    static_assert(can_be_key(kind_of<First>),
                  "weft: a map's key must be a string, an integer or a WEFT_ENUM enum");
    return can_be_key(kind_of<First>);
  } else if constexpr (kind == Kind::variant) {
    static_assert(labels_distinct(decltype(parts){}),
                  "weft: a variant's alternatives must differ in schema and name");
    return labels_distinct(decltype(parts){});
  } else if constexpr (kind == Kind::array) {
    constexpr bool fits = std::tuple_size_v<T> <= std::numeric_limits<std::uint32_t>::max();
    static_assert(fits, "weft: an array's length must fit 32 bit");
    return fits;
  }
  return true;
}

template <class T>
constexpr bool check_field_names() noexcept {
  constexpr bool good = [] {
    for (auto name : T::weft_field_names()) {
      if (!is_field_name(name)) return false;
    }
    return true;
  }();
  static_assert(good, "weft: a field's name must be ASCII and at most 120 bytes");
  return good;
}

template <class T, class... Ancestors>
constexpr bool check(TypeList<Ancestors...> ancestors) noexcept;

template <class... Parts, class... Ancestors>
constexpr bool check_parts(TypeList<Parts...> /*parts*/, TypeList<Ancestors...> /*ancestors*/) noexcept {
  return (check<Parts>(TypeList<Ancestors...>{}) && ...);
}

/// The parts of a message or a container, and only if they are good T itself.
template <class T, class... Ancestors>
constexpr bool check_structure() noexcept {
  if constexpr (check_parts(parts_of<T>{}, TypeList<T, Ancestors...>{})) {
    if constexpr (kind_of<T> == Kind::message) {
      static_cast<void>(&T::weft_message_must_list_every_field);
      return check_field_names<T>();
    } else {
      return check_composite<T>(parts_of<T>{});
    }
  }
  return false;
}

/// Whether T may travel within the given ancestors; a static_assert fails where not.
template <class T, class... Ancestors>
constexpr bool check(TypeList<Ancestors...> /*ancestors*/) noexcept {
  constexpr Kind kind = kind_of<T>;
  constexpr bool recursive = (std::is_same_v<T, Ancestors> || ...);
  constexpr bool deep = sizeof...(Ancestors) >= max_schema_depth;
  static_assert(!recursive, "weft: a recursive type cannot travel: a message may not contain itself");
  static_assert(!deep, "weft: types are nested deeper than 64 levels");
  if constexpr (recursive || deep) {
    return false;
  } else if constexpr (kind == no_kind) {
    return refuse_unknown<T>();
  } else if constexpr (kind == Kind::enumeration) {
    return check_enum<T>();
  } else if constexpr (is_scalar(kind)) {
    return true;
  } else {
    return check_structure<T, Ancestors...>();
  }
}

constexpr std::uint64_t array_header_bytes(std::uint64_t count) noexcept {
  return count < 16 ? 1 : count <= 0xffff ? 3 : 5;
}
constexpr std::uint64_t scalar_least_bytes(Kind kind) noexcept {
  if (kind == Kind::f32) return 5;
  return kind == Kind::f64 || kind == Kind::time || kind == Kind::duration ? 9 : 1;
}

template <class T>
constexpr std::uint64_t least_bytes() noexcept;

template <class... Parts>
constexpr std::uint64_t least_sum(TypeList<Parts...> /*parts*/) noexcept {
  return (std::uint64_t{0} + ... + least_bytes<Parts>());
}
template <class First, class... Rest>
constexpr std::uint64_t least_first(TypeList<First, Rest...> /*parts*/) noexcept {
  return least_bytes<First>();
}

/// Encoded size of T's zero value: the same number as Type::least_bytes.
template <class T>
constexpr std::uint64_t least_bytes() noexcept {
  constexpr Kind kind = kind_of<T>;
  if constexpr (is_scalar(kind)) {
    return scalar_least_bytes(kind);
  } else if constexpr (kind == Kind::variant) {
    return 2 + least_first(parts_of<T>{});
  } else if constexpr (kind == Kind::array) {
    return array_header_bytes(std::tuple_size_v<T>) + std::tuple_size_v<T> * least_first(parts_of<T>{});
  } else if constexpr (kind == Kind::message) {
    return array_header_bytes(parts_of<T>::size) + least_sum(parts_of<T>{});
  }
  return 1;
}

}  // namespace detail
}  // namespace weft
