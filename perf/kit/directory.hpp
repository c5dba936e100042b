// A temporary directory that goes with its object, or, if that was killed, with the next program of that name.
//
// Threads   The main thread.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/file_lock.hpp"

namespace weft::perf {

class Directory final {
 public:
  /// Errors: the kernel's; those of FileLock::acquire().
  static Result<Directory> create(const std::string& program) {
    std::error_code none;
    const auto temporary = std::filesystem::temp_directory_path(none);
    if (none) return sys_error(none.value(), "find", "a directory for temporary files (TMPDIR)");
    [[maybe_unused]] static const bool once = sweep(temporary, program);
    auto path = (temporary / (program + "-XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr) return sys_error(errno, "mkdtemp", path);
    WEFT_TRY(auto lock, FileLock::acquire(path + lock_suffix));
    return Directory(std::move(path), std::move(lock));
  }
  Directory(Directory&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  Directory& operator=(Directory&&) = delete;
  ~Directory() {
    if (!path_.empty()) remove(path_);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  static constexpr const char* lock_suffix = ".lock";

  Directory(std::string path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  static void remove(const std::filesystem::path& path) {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  /// Removes what killed programs have left: directories whose locks nobody holds.
  static bool sweep(const std::filesystem::path& temporary, const std::string& program) {
    std::error_code error;
    std::filesystem::directory_iterator entry(temporary, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      const auto& path = entry->path();
      if (path.filename().string().starts_with(program + "-") && FileLock::adopt(path.string() + lock_suffix))
        remove(path);
    }
    return true;
  }

  std::string path_;
  FileLock lock_;
};

}  // namespace weft::perf
