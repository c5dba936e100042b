// A temporary directory that goes with its object.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace weft::perf {

class Directory final {
 public:
  static Result<Directory> create(const std::string& program) {
    auto path = (std::filesystem::temp_directory_path() / (program + "-XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr) return sys_error(errno, "mkdtemp", path);
    return Directory(path);
  }
  Directory(Directory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Directory& operator=(Directory&&) = delete;
  ~Directory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  explicit Directory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace weft::perf
