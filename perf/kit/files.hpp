// Files that a benchmark writes.
//
// Threads   Any.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/error.hpp"

namespace weft::perf {

/// Writes the text, in place of what was there. Errors: the kernel's.
inline Result<void> write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return sys_error(errno, "write", path.string());
  return {};
}

}  // namespace weft::perf
