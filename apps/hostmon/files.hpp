// Reading small files below one directory.
//
// What      Directory is an open directory; all else is named relative to it, so that a captured tree is read
//           like the live one. Each read opens, reads and closes: nothing is cached but the buffer.
// Threads   One at a time, since the buffer is shared by all reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::hostmon {

class Directory final {
 public:
  /// Errors: the kernel's, with `path`.
  static Result<Directory> open(std::string path);

  /// The contents of the file `name`, valid until the next read from this object. Blocks as long as the disk,
  /// if it lies on one. Errors: the kernel's; too_big above `limit` bytes. All name the file.
  Result<std::string_view> read(const std::string& name, std::size_t limit = 4U << 20U);
  /// Whether `name` exists, as a file or a directory.
  [[nodiscard]] bool has(const std::string& name) const noexcept;
  /// Replaces `pids` by the names here that are process ids, ascending.
  Result<void> list_pids(std::vector<std::int32_t>& pids);
  /// The path of `name`, for messages.
  [[nodiscard]] std::string path_of(std::string_view name) const;

 private:
  Directory(std::string path, Fd directory) noexcept
      : path_(std::move(path)), directory_(std::move(directory)) {}

  std::string path_;
  Fd directory_;
  std::vector<char> buffer_;
};

}  // namespace weft::hostmon
