// Decoding by plan: another schema's bytes into a T.
//
// What      get_planned follows a Step (type/plan.hpp) along the writer's items; where a step is direct it
//           hands over to Wire<T>. A message's fields are reached through a constant table of functions, one a
//           field.
// Threads   Pure functions.
// REQUIRES  The step was made for T's schema as the reader.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "codec/wire_records.hpp"
#include "type/plan.hpp"

namespace weft::codec {

template <class T>
bool get_planned(Reader& reader, const Step& step, T& value);

/// What a plan may do to one field of T.
template <class T>
struct FieldAccess {
  bool (*get)(Reader&, const Step&, T&);
  void (*assign)(T& to, T& from);
};

template <class T, std::size_t... I>
constexpr auto field_table(std::index_sequence<I...> /*fields*/) noexcept {
  return std::array<FieldAccess<T>, sizeof...(I)>{FieldAccess<T>{
      [](Reader& reader, const Step& step, T& message) {
        return get_planned(reader, step, std::get<I>(message.weft_fields())) ||
               reader.within(T::weft_field_names()[I].data());
      },
      [](T& to, T& from) { std::get<I>(to.weft_fields()) = std::move(std::get<I>(from.weft_fields())); }}...};
}

template <class T>
inline constexpr auto fields_of = field_table<T>(std::make_index_sequence<weft::detail::parts_of<T>::size>{});

/// Decoding by a step that is not direct; a specialisation for each Kind that has such steps.
template <class T, Kind kind = weft::detail::kind_of<T>>
struct Planned {
  static bool get(Reader& reader, const Step& /*step*/, T& value) { return get_value(reader, value); }
};

template <class T>
struct Planned<T, Kind::message> {
  static bool get(Reader& reader, const Step& step, T& message) {
    if (!reader.array_of(step.targets.size())) return false;
    if (!step.missing.empty()) {
      T defaults{};
      for (auto index : step.missing)
        fields_of<T>[index].assign(message, defaults);
    }
    for (std::size_t i = 0; i < step.targets.size(); ++i) {
      auto target = step.targets[i];
      bool taken = target == Step::none ? reader.skip_item()
                                        : fields_of<T>[target].get(reader, step.parts[i], message);
      if (!taken) return false;
    }
    return true;
  }
};

template <class T>
struct Planned<T, Kind::enumeration> {
  static bool get(Reader& reader, const Step& step, T& value) {
    auto before = reader;
    std::int64_t number = 0;
    if (!Wire<std::int64_t>::get(reader, number, "an enumerator's integer")) return false;
    auto found = std::lower_bound(step.values.begin(), step.values.end(), number,
                                  [](const auto& pair, std::int64_t wanted) { return pair.first < wanted; });
    if (found == step.values.end() || found->first != number) {
      reader = before;
      return reader.fail("an enumerator that is unknown here", Errc::incompatible);
    }
    value = static_cast<T>(found->second);
    return true;
  }
};

template <class T>
struct Planned<std::optional<T>, Kind::optional> {
  static bool get(Reader& reader, const Step& step, std::optional<T>& value) {
    if (reader.at_nil()) return get_value(reader, value);
    if (!value) value.emplace();
    return get_planned(reader, step.parts[0], *value);
  }
};

template <class T, std::size_t N>
struct Planned<std::array<T, N>, Kind::array> {
  static bool get(Reader& reader, const Step& step, std::array<T, N>& value) {
    if (!reader.array_of(N)) return false;
    for (auto& each : value) {
      if (!get_planned(reader, step.parts[0], each)) return reader.within("[]");
    }
    return true;
  }
};

template <class T>
  requires(!std::is_same_v<T, bool>)
struct Planned<std::vector<T>, Kind::list> {
  static bool get(Reader& reader, const Step& step, std::vector<T>& value) {
    std::uint32_t count = 0;
    if (!reader.array_header(count) || !reader.room_for(count, 1)) return false;
    value.resize(count);
    for (auto& each : value) {
      if (!get_planned(reader, step.parts[0], each)) return reader.within("[]");
    }
    return true;
  }
};

template <class K, class V, class Less>
struct Planned<std::map<K, V, Less>, Kind::map> {
  static bool get(Reader& reader, const Step& step, std::map<K, V, Less>& value) {
    std::uint32_t count = 0;
    if (!reader.map_header(count) || !reader.room_for(count, 2)) return false;
    value.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      K key{};
      if (!get_planned(reader, step.parts[0], key)) return reader.within("[]");
      auto at = value.try_emplace(value.end(), std::move(key));
      if (value.size() != i + 1U) return reader.fail("the same key twice");
      if (!get_planned(reader, step.parts[1], at->second)) return reader.within("[]");
    }
    return true;
  }
};

template <class... Ts>
struct Planned<std::variant<Ts...>, Kind::variant> {
  using Variant = std::variant<Ts...>;
  static bool get(Reader& reader, const Step& step, Variant& value) {
    auto before = reader;
    std::size_t index = 0;
    if (!Wire<Variant>::get_index(reader, step.targets.size(), index)) return false;
    auto target = step.targets[index];
    if (target != Step::none)
      return get_held(reader, step.parts[index], value, target, Wire<Variant>::indices);
    reader = before;
    return reader.fail("a variant's alternative that is unknown here", Errc::incompatible);
  }

 private:
  template <std::size_t... I>
  static bool get_held(Reader& reader, const Step& step, Variant& value, std::size_t target,
                       std::index_sequence<I...> /*indices*/) {
    return ((target == I && get_planned(reader, step, Wire<Variant>::template hold<I>(value))) || ...);
  }
};

template <class T>
bool get_planned(Reader& reader, const Step& step, T& value) {
  return step.direct ? get_value(reader, value) : Planned<T>::get(reader, step, value);
}

}  // namespace weft::codec
