// What the fuzz targets share: the bytes as the library takes them, and a check that ends the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/bytes.hpp"

namespace weft::fuzz {

inline BytesView bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

/// Ends the program if a property does not hold: that is what the fuzzer looks for.
inline void require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "not true: %.*s\n", int(property.size()), property.data());
  std::abort();
}

/// The text up to the first newline, which is taken off with it.
inline std::string_view first_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace weft::fuzz
