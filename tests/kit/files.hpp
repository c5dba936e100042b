// Reading and writing the golden files.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.hpp"

namespace weft::test {

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Bytes read_bytes(const std::string& path) {
  const auto text = read_text(path);
  const auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

inline bool write_bytes(const std::string& path, BytesView bytes) {
  std::ofstream file(path, std::ios::binary);
  return bool(file << as_text(bytes));
}

}  // namespace weft::test
