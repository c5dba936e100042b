// From C++ types to Kinds.
//
// What      kind_of<T>, and the parts that T is made of. Whether T may travel, type/check.hpp says.
// Threads   Compile time only.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "type/kind.hpp"
#include "type/message.hpp"

namespace weft {

/// A struct described by WEFT_MESSAGE.
template <class T>
concept Message = std::is_aggregate_v<T> && requires(const T& message) {
  { T::weft_type_name() } -> std::same_as<std::string_view>;
  T::weft_field_names();
  message.weft_fields();
};

/// An enum described by WEFT_ENUM.
template <class T>
concept Enumeration = std::is_enum_v<T> && requires(const T* tag) { weft_describe(tag); };

namespace detail {

template <class... Ts>
struct TypeList {
  static constexpr std::size_t size = sizeof...(Ts);
};

/// The name, and the enumerators, of a described enum.
template <Enumeration E>
inline constexpr auto enum_of = weft_describe(static_cast<const E*>(nullptr));

inline constexpr Kind no_kind{0xff};

template <class T>
constexpr Kind integer_kind() noexcept {
  constexpr bool text = std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
                        std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;
  if constexpr (text || sizeof(T) > 8) return no_kind;
  auto kind = std::is_signed_v<T> ? Kind::i8 : Kind::u8;
  for (std::size_t size = 1; size < sizeof(T); size *= 2)
    kind = static_cast<Kind>(static_cast<unsigned>(kind) + 1);
  return kind;
}

/// Kind and parts of a type; the primary template takes what needs no pattern.
template <class T>
struct Traits {
  using Parts = TypeList<>;
  static constexpr Kind kind() noexcept {
    if constexpr (std::is_same_v<T, bool>)
      return Kind::boolean;
    else if constexpr (std::is_integral_v<T>)
      return integer_kind<T>();
    else if constexpr (std::is_same_v<T, float>)
      return Kind::f32;
    else if constexpr (std::is_same_v<T, double>)
      return Kind::f64;
    else if constexpr (std::is_same_v<T, std::string>)
      return Kind::string;
    else if constexpr (std::is_same_v<T, Bytes> || std::is_same_v<T, BytesView>)
      return Kind::bytes;
    else if constexpr (std::is_same_v<T, Time>)
      return Kind::time;
    else if constexpr (std::is_same_v<T, Duration>)
      return Kind::duration;
    else if constexpr (Enumeration<T>)
      return Kind::enumeration;
    else
      return no_kind;
  }
};

template <class Tuple>
struct Untied;
template <class... Refs>
struct Untied<std::tuple<Refs...>> {
  using List = TypeList<std::remove_reference_t<Refs>...>;
};

template <Message T>
struct Traits<T> {
  using Parts = typename Untied<decltype(std::declval<T&>().weft_fields())>::List;
  static constexpr Kind kind() noexcept { return Kind::message; }
};
template <class T>
struct Traits<std::optional<T>> {
  using Parts = TypeList<T>;
  static constexpr Kind kind() noexcept { return Kind::optional; }
};
template <class T>
  requires(!std::is_same_v<T, std::byte>)
struct Traits<std::vector<T>> {
  using Parts = TypeList<T>;
  static constexpr Kind kind() noexcept { return Kind::list; }
};
template <class T, std::size_t N>
struct Traits<std::array<T, N>> {
  using Parts = TypeList<T>;
  static constexpr Kind kind() noexcept { return Kind::array; }
};
template <class K, class V, class Less>
struct Traits<std::map<K, V, Less>> {
  using Parts = TypeList<K, V>;
  static constexpr Kind kind() noexcept { return Kind::map; }
};
template <class... Ts>
struct Traits<std::variant<Ts...>> {
  using Parts = TypeList<Ts...>;
  static constexpr Kind kind() noexcept { return Kind::variant; }
};

template <class T>
inline constexpr Kind kind_of = Traits<T>::kind();

/// Field types of a message, element types of a container, alternatives of a variant.
template <class T>
using parts_of = typename Traits<T>::Parts;

constexpr std::string_view composite_name(Kind kind) noexcept {
  switch (kind) {
    case Kind::optional:
      return "optional";
    case Kind::list:
      return "list";
    case Kind::array:
      return "array";
    case Kind::map:
      return "map";
    case Kind::variant:
      return "variant";
    default:
      return "";
  }
}

}  // namespace detail

/// The enumerator's name as WEFT_ENUM lists it; empty for a value that it does not list.
template <Enumeration E>
constexpr std::string_view enumerator_name(E value) noexcept {
  for (const auto& enumerator : detail::enum_of<E>.enumerators) {
    if (enumerator.value == value) return enumerator.name;
  }
  return {};
}

}  // namespace weft
