// Wire<T> of optionals, variants and messages. The interface is in wire.hpp.
//
// Speed     Neighbouring fields of a fixed size are written and read as one run with one bounds check; where
//           a run does not have the form that weft writes, its fields are read one by one in any form.
// Threads   Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include "codec/wire_containers.hpp"

namespace weft::codec {

template <class T>
struct Wire<std::optional<T>, Kind::optional> {
  static constexpr std::size_t fixed = 0, least = 1;
  static std::size_t size(const std::optional<T>& value) noexcept { return value ? size_of(*value) : 1; }
  static void put(Writer& writer, const std::optional<T>& value) noexcept {
    if (value) {
      put_value(writer, *value);
    } else {
      writer.raw(tag::nil);
    }
  }
  static bool get(Reader& reader, std::optional<T>& value) {
    if (reader.at_nil()) {
      value.reset();
      reader.skip_bytes(1);
      return true;
    }
    if (!value) value.emplace();
    return get_value(reader, *value);
  }
};

/// [index, value]; a variant without a value, which only an exception leaves behind, goes as nil.
template <class... Ts>
struct Wire<std::variant<Ts...>, Kind::variant> {
  using Variant = std::variant<Ts...>;
  static constexpr std::size_t fixed = 0, least = 3;
  static constexpr auto indices = std::index_sequence_for<Ts...>{};

  static std::size_t size(const Variant& value) noexcept {
    if (value.valueless_by_exception()) return 1;
    return 1 + natural_size(value.index()) + size_of_held(value, indices);
  }
  static void put(Writer& writer, const Variant& value) noexcept {
    if (value.valueless_by_exception()) return writer.raw(tag::nil);
    writer.array_header(2);
    writer.natural(value.index());
    put_held(writer, value, indices);
  }
  /// Reads `[index` and checks that such an alternative is among `count`.
  static bool get_index(Reader& reader, std::size_t count, std::size_t& index) noexcept {
    if (!reader.array_of(2)) return false;
    auto before = reader;
    if (!Wire<std::uint64_t>::get(reader, index)) return false;
    if (index < count) return true;
    reader = before;
    return reader.fail("a variant's alternative that is unknown here", Errc::incompatible);
  }
  static bool get(Reader& reader, Variant& value) {
    std::size_t index = 0;
    return get_index(reader, sizeof...(Ts), index) && get_held(reader, value, index, indices);
  }
  /// The alternative `I`, made if another one was held.
  template <std::size_t I>
  static auto& hold(Variant& value) {
    return value.index() == I ? *std::get_if<I>(&value) : value.template emplace<I>();
  }

 private:
  template <std::size_t... I>
  static std::size_t size_of_held(const Variant& value, std::index_sequence<I...> /*indices*/) noexcept {
    return ((value.index() == I ? size_of(*std::get_if<I>(&value)) : 0) + ...);
  }
  template <std::size_t... I>
  static void put_held(Writer& writer, const Variant& value, std::index_sequence<I...> /*indices*/) noexcept {
    ((value.index() == I ? put_value(writer, *std::get_if<I>(&value)) : void()), ...);
  }
  template <std::size_t... I>
  static bool get_held(Reader& reader, Variant& value, std::size_t index,
                       std::index_sequence<I...> /*indices*/) {
    return ((index == I && get_value(reader, hold<I>(value))) || ...);
  }
};

/// Sizes of a message's fields, and the runs of fixed-size ones among them.
template <class List>
struct Fields;
template <class... Ts>
struct Fields<weft::detail::TypeList<Ts...>> {
  static constexpr std::size_t count = sizeof...(Ts);
  static constexpr std::array<std::size_t, count> fixed{Wire<Ts>::fixed...};
  static constexpr std::size_t least = (std::size_t{0} + ... + Wire<Ts>::least);

  /// The first field from `from` on whose size is not fixed.
  static constexpr std::size_t run_end(std::size_t from) noexcept {
    while (from < count && fixed[from] != 0)
      ++from;
    return from;
  }
  /// Bytes of the fixed-size fields [from, to).
  static constexpr std::size_t bytes(std::size_t from, std::size_t to) noexcept {
    std::size_t sum = 0;
    for (; from < to; ++from)
      sum += fixed[from];
    return sum;
  }
};

template <class T>
struct Wire<T, Kind::message> {
  using F = Fields<weft::detail::parts_of<T>>;
  static constexpr std::size_t header = array_header_size(F::count);
  static constexpr std::size_t fixed = F::run_end(0) == F::count ? header + F::bytes(0, F::count) : 0;
  static constexpr std::size_t least = header + F::least;

  static std::size_t size(const T& message) noexcept {
    return std::apply([](const auto&... field) { return (header + ... + size_of(field)); },
                      message.weft_fields());
  }
  static void put_fixed(std::byte* at, const T& message) noexcept {
    put_array_header<F::count>(at);
    put_run_fixed<0, F::count>(at + header, message.weft_fields());
  }
  static bool get_fixed(const std::byte* at, T& message) noexcept {
    return is_array_header<F::count>(at) && get_run_fixed<0, F::count>(at + header, message.weft_fields());
  }
  static void put(Writer& writer, const T& message) noexcept {
    constexpr std::size_t run = F::run_end(0);
    auto fields = message.weft_fields();
    if (auto* p = writer.take(header + F::bytes(0, run))) {
      put_array_header<F::count>(p);
      put_run_fixed<0, run>(p + header, fields);
    }
    put_from<run>(writer, fields);
  }
  static bool get(Reader& reader, T& message) {
    return reader.array_of(F::count) && get_from<0>(reader, message.weft_fields());
  }

 private:
  template <std::size_t From, std::size_t To, class Tuple>
  static void put_run_fixed(std::byte* at, const Tuple& fields) noexcept {
    if constexpr (From < To) {
      using Field = std::remove_cvref_t<std::tuple_element_t<From, Tuple>>;
      Wire<Field>::put_fixed(at, std::get<From>(fields));
      put_run_fixed<From + 1, To>(at + Wire<Field>::fixed, fields);
    }
  }
  template <std::size_t From, std::size_t To, class Tuple>
  static bool get_run_fixed(const std::byte* at, const Tuple& fields) noexcept {
    if constexpr (From < To) {
      using Field = std::remove_cvref_t<std::tuple_element_t<From, Tuple>>;
      bool first = Wire<Field>::get_fixed(at, std::get<From>(fields));
      return static_cast<int>(first) &
             static_cast<int>(get_run_fixed<From + 1, To>(at + F::fixed[From], fields));
    }
    return true;
  }
  template <std::size_t From, class Tuple>
  static void put_from(Writer& writer, const Tuple& fields) noexcept {
    if constexpr (From < F::count) {
      constexpr std::size_t run = F::run_end(From);
      if constexpr (run == From) {
        put_value(writer, std::get<From>(fields));
        put_from<From + 1>(writer, fields);
      } else {
        if (auto* p = writer.take(F::bytes(From, run))) put_run_fixed<From, run>(p, fields);
        put_from<run>(writer, fields);
      }
    }
  }
  template <std::size_t From, class Tuple>
  static bool get_from(Reader& reader, const Tuple& fields) {
    if constexpr (From < F::count) {
      constexpr std::size_t run = F::run_end(From);
      if constexpr (run > From + 1) {
        constexpr std::size_t bytes = F::bytes(From, run);
        if (reader.left() >= bytes && get_run_fixed<From, run>(reader.here(), fields)) [[likely]] {
          reader.skip_bytes(bytes);
          return get_from<run>(reader, fields);
        }
      }
      if (!get_value(reader, std::get<From>(fields))) [[unlikely]] {
        return reader.within(T::weft_field_names()[From].data());
      }
      return get_from<From + 1>(reader, fields);
    }
    return true;
  }
};

/// As many of the message's fields as there are, in order; further items are passed over.
template <class T>
bool get_growing(Reader& reader, T& message) {
  std::uint32_t count = 0;
  if (!reader.array_header(count)) return false;
  std::uint32_t taken = 0;
  const auto get = [&](auto& field) {
    if (taken == count) return true;
    return get_value(reader, field) ? ++taken != 0 : reader.within(T::weft_field_names()[taken].data());
  };
  if (!std::apply([&](auto&... fields) { return (get(fields) && ...); }, message.weft_fields())) return false;
  while (taken < count && reader.skip_item())
    ++taken;
  return taken == count;
}

}  // namespace weft::codec
