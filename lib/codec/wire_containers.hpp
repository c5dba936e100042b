// Wire<T> of strings, bytes, lists, arrays and maps. The interface is in wire.hpp.
//
// Memory    A count is believed only if the bytes that are left could hold so many items; strings and vectors
//           are refilled in place, so that their capacity is used again.
// Threads   Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "codec/wire.hpp"

namespace weft::codec {

constexpr std::size_t array_header_size(std::size_t count) noexcept {
  return static_cast<std::size_t>(weft::detail::array_header_bytes(count));
}

/// Writes the header of an array of a fixed length. REQUIRES: array_header_size(count) bytes at `at`.
template <std::size_t count>
inline void put_array_header(std::byte* at) noexcept {
  if constexpr (count < 16) {
    store_tag(at, tag::fixarray | count);
  } else if constexpr (count <= 0xffff) {
    store_tag(at, tag::array16);
    store(at + 1, static_cast<std::uint16_t>(count));
  } else {
    store_tag(at, tag::array32);
    store(at + 1, static_cast<std::uint32_t>(count));
  }
}

/// Whether the header that put_array_header<count> writes stands at `at`.
template <std::size_t count>
inline bool is_array_header(const std::byte* at) noexcept {
  if constexpr (count < 16) {
    return load<std::uint8_t>(at) == (tag::fixarray | count);
  } else if constexpr (count <= 0xffff) {
    return load<std::uint8_t>(at) == tag::array16 && load<std::uint16_t>(at + 1) == count;
  } else {
    return load<std::uint8_t>(at) == tag::array32 && load<std::uint32_t>(at + 1) == count;
  }
}

/// `count` elements without a header, from or to something that has operator[].
template <class T, class Elements>
inline void put_run(std::byte* at, const Elements& elements, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    Wire<T>::put_fixed(at + i * Wire<T>::fixed, elements[i]);
}
template <class T>
inline bool get_run(const std::byte* at, T* elements, std::size_t count) noexcept {
  bool all = true;
  for (std::size_t i = 0; i < count; ++i)
    all &= Wire<T>::get_fixed(at + i * Wire<T>::fixed, elements[i]);
  return all;
}
template <class T>
inline bool get_elements(Reader& reader, T* elements, std::size_t count) {
  if constexpr (Wire<T>::fixed != 0) {
    auto size = count * Wire<T>::fixed;
    if (reader.left() >= size && get_run(reader.here(), elements, count)) {
      reader.skip_bytes(size);
      return true;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!get_value(reader, elements[i])) return reader.within("[]");
  }
  return true;
}

template <class T>
struct Wire<T, Kind::string> {
  static constexpr std::size_t fixed = 0, least = 1;
  static std::size_t size(const std::string& value) noexcept {
    auto n = value.size();
    return n + (n < 32 ? 1 : n <= 0xff ? 2 : n <= 0xffff ? 3 : 5);
  }
  static void put(Writer& writer, const std::string& value) noexcept {
    writer.string_header(value.size());
    writer.copy(value.data(), value.size());
  }
  static bool get(Reader& reader, std::string& value) {
    std::uint32_t size = 0;
    if (!reader.string_header(size)) return false;
    const auto* p = reader.take(size);
    if (p == nullptr) return false;
    value.assign(reinterpret_cast<const char*>(p), size);
    return true;
  }
};

/// Bytes, owned, and BytesView, which points into what is decoded.
template <class T>
struct Wire<T, Kind::bytes> {
  static constexpr std::size_t fixed = 0, least = 2;
  static std::size_t size(const T& value) noexcept {
    return value.size() + (value.size() <= 0xff ? 2 : value.size() <= 0xffff ? 3 : 5);
  }
  static void put(Writer& writer, const T& value) noexcept {
    writer.bytes_header(value.size());
    writer.copy(value.data(), value.size());
  }
  static bool get(Reader& reader, T& value) {
    std::uint32_t size = 0;
    if (!reader.bytes_header(size)) return false;
    const auto* p = reader.take(size);
    if (p == nullptr) return false;
    if constexpr (std::is_same_v<T, BytesView>) {
      value = BytesView(p, size);
    } else {
      value.assign(p, p + size);
    }
    return true;
  }
};

template <class T, std::size_t N>
struct Wire<std::array<T, N>, Kind::array> {
  using Array = std::array<T, N>;
  static constexpr std::size_t header = array_header_size(N);
  static constexpr std::size_t fixed = N == 0                ? header
                                       : Wire<T>::fixed == 0 ? 0
                                                             : header + N * Wire<T>::fixed;
  static constexpr std::size_t least = header + N * Wire<T>::least;

  static std::size_t size(const Array& value) noexcept {
    auto sum = header;
    for (const auto& each : value)
      sum += size_of(each);
    return sum;
  }
  static void put(Writer& writer, const Array& value) noexcept {
    writer.array_header(N);
    for (const auto& each : value)
      put_value(writer, each);
  }
  static void put_fixed(std::byte* at, const Array& value) noexcept {
    put_array_header<N>(at);
    if constexpr (N != 0) put_run<T>(at + header, value, N);
  }
  static bool get_fixed(const std::byte* at, Array& value) noexcept {
    if (!is_array_header<N>(at)) return false;
    if constexpr (N != 0) return get_run(at + header, value.data(), N);
    return true;
  }
  static bool get(Reader& reader, Array& value) {
    return reader.array_of(N) && get_elements(reader, value.data(), N);
  }
};

template <class T>
struct Wire<std::vector<T>, Kind::list> {
  using List = std::vector<T>;
  static constexpr std::size_t fixed = 0, least = 1;

  static std::size_t size(const List& value) noexcept {
    auto sum = array_header_size(value.size());
    if constexpr (Wire<T>::fixed != 0) return sum + value.size() * Wire<T>::fixed;
    for (const auto& each : value)
      sum += size_of<T>(each);
    return sum;
  }
  static void put(Writer& writer, const List& value) noexcept {
    writer.array_header(value.size());
    if constexpr (Wire<T>::fixed != 0) {
      if (auto* p = writer.take(value.size() * Wire<T>::fixed)) put_run<T>(p, value, value.size());
    } else {
      for (const auto& each : value)
        put_value<T>(writer, each);
    }
  }
  static bool get(Reader& reader, List& value) {
    std::uint32_t count = 0;
    if (!reader.array_header(count) || !reader.room_for(count, Wire<T>::least)) return false;
    value.resize(count);
    if constexpr (std::is_same_v<T, bool>) {
      for (std::size_t i = 0; i < count; ++i) {
        bool element = false;
        if (!reader.boolean(element)) return reader.within("[]");
        value[i] = element;
      }
      return true;
    } else {
      return get_elements(reader, value.data(), count);
    }
  }
};

template <class K, class V, class Less>
struct Wire<std::map<K, V, Less>, Kind::map> {
  using Map = std::map<K, V, Less>;
  static constexpr std::size_t fixed = 0, least = 1;

  static std::size_t size(const Map& value) noexcept {
    auto sum = array_header_size(value.size());
    for (const auto& [key, mapped] : value)
      sum += size_of(key) + size_of(mapped);
    return sum;
  }
  static void put(Writer& writer, const Map& value) noexcept {
    writer.map_header(value.size());
    for (const auto& [key, mapped] : value) {
      put_value(writer, key);
      put_value(writer, mapped);
    }
  }
  static bool get(Reader& reader, Map& value) {
    std::uint32_t count = 0;
    if (!reader.map_header(count) || !reader.room_for(count, Wire<K>::least + Wire<V>::least)) return false;
    value.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      K key{};
      if (!get_value(reader, key)) return reader.within("[]");
      auto at = value.try_emplace(value.end(), std::move(key));
      if (value.size() != i + 1U) return reader.fail("the same key twice");
      if (!get_value(reader, at->second)) return reader.within("[]");
    }
    return true;
  }
};

}  // namespace weft::codec
