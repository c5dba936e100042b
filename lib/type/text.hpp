// The canonical text of a C++ type, written at compile time.
//
// What      describe<T>(sink) appends the text; text_of<T> holds it. The grammar stands in schema.hpp.
// Threads   Compile time only; the texts live in static storage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "type/traits.hpp"

namespace weft::detail {

/// Counts the characters of a text, then, given room, writes them.
struct TextSink {
  char* out = nullptr;
  bool brief = false;  ///< Names alone for messages and enums: the label of a variant's alternative.
  std::size_t size = 0;

  constexpr void put(char c) noexcept {
    if (out != nullptr) out[size] = c;
    ++size;
  }
  constexpr void put(std::string_view text) noexcept {
    for (char c : text)
      put(c);
  }
  constexpr void put(std::uint64_t number) noexcept {
    if (number >= 10) put(number / 10);
    put(static_cast<char>('0' + number % 10));
  }
  constexpr void put(std::int64_t number) noexcept {
    if (number < 0) put('-');
    put(number < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(number)
                   : static_cast<std::uint64_t>(number));
  }
};

template <class T>
constexpr void describe(TextSink& sink) noexcept;

template <class T>
constexpr void describe_enum_text(TextSink& sink) noexcept {
  sink.put(enum_of<T>.name);
  if (sink.brief) return;
  sink.put(':');
  sink.put(scalar_names[static_cast<std::size_t>(kind_of<std::underlying_type_t<T>>)]);
  char before = '(';
  for (const auto& enumerator : enum_of<T>.enumerators) {
    sink.put(before);
    sink.put(enumerator.name);
    sink.put('=');
    sink.put(static_cast<std::int64_t>(enumerator.value));
    before = ',';
  }
  sink.put(')');
}

template <class T, class... Fields>
constexpr void describe_message_text(TextSink& sink, TypeList<Fields...> /*types*/) noexcept {
  [[maybe_unused]] constexpr auto names = T::weft_field_names();
  sink.put(T::weft_type_name());
  if (sink.brief) return;
  sink.put('{');
  [[maybe_unused]] std::size_t i = 0;
  ((sink.put(std::string_view(i == 0 ? "" : ",")), sink.put(names[i++]), sink.put(':'),
    describe<Fields>(sink)),
   ...);
  sink.put('}');
}

template <class... Args>
constexpr void describe_list_text(TextSink& sink, TypeList<Args...> /*types*/) noexcept {
  [[maybe_unused]] std::size_t i = 0;
  ((sink.put(std::string_view(i++ == 0 ? "" : ",")), describe<Args>(sink)), ...);
}

/// Appends the canonical text of T, which may be any type that check<T>() accepts.
template <class T>
constexpr void describe(TextSink& sink) noexcept {
  constexpr Kind kind = kind_of<T>;
  if constexpr (is_scalar(kind)) {
    sink.put(scalar_names[static_cast<std::size_t>(kind)]);
  } else if constexpr (kind == Kind::enumeration) {
    describe_enum_text<T>(sink);
  } else if constexpr (kind == Kind::message) {
    describe_message_text<T>(sink, parts_of<T>{});
  } else {
    sink.put(composite_name(kind));
    sink.put('<');
    describe_list_text(sink, parts_of<T>{});
    if constexpr (kind == Kind::array) {
      sink.put(',');
      sink.put(std::uint64_t{std::tuple_size_v<T>});
    }
    sink.put('>');
  }
}

template <class T, bool brief = false>
constexpr std::size_t text_size() noexcept {
  TextSink counter{nullptr, brief};
  describe<T>(counter);
  return counter.size;
}

template <class T, bool brief = false>
constexpr auto make_text() noexcept {
  std::array<char, text_size<T, brief>()> text{};
  TextSink sink{text.data(), brief};
  describe<T>(sink);
  return text;
}

template <class T, bool brief = false>
inline constexpr auto text_of = make_text<T, brief>();

/// The label of T among a variant's alternatives: the name of a message or an enum, else the text.
template <class T>
constexpr std::string_view label() noexcept {
  return {text_of<T, true>.data(), text_of<T, true>.size()};
}

}  // namespace weft::detail
