// FileLock: at most one process at a time holds a path; a process that dies lets go of it.
//
// What      flock(2) on a file made for nothing else. Holding it means: the file at the path is the one we
//           locked. A file whose holder was killed stays behind, unlocked, and is taken over by the next who
//           asks.
// Threads   A value that moves.
// Lifetime  The destructor removes the file, if it is there still, and lets go, so that a clean end leaves nothing.
// Caveats   A child that is forked and not exec'ed shares the lock for as long as it lives.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft {

class FileLock final {
 public:
  /// Takes the lock, making the file (0600) if need be. Waits at most 0.2 s for somebody who is just sweeping
  /// up after the dead (see adopt). Errors: in_use, naming the holder's process; permission_denied, not_found
  /// (the directory), resource_exhausted.
  static Result<FileLock> acquire(std::string path);

  /// Takes the lock of a file that is there and that nobody holds, without waiting: a dead process left it.
  /// Errors: in_use (it has a holder), not_found (also for a file with something in it that no FileLock wrote),
  /// permission_denied.
  static Result<FileLock> adopt(std::string path);

  /// The process that holds that lock; nothing where nobody does, or where it cannot be read. Never waits.
  static std::optional<int> holder(const std::string& path);

  FileLock(FileLock&&) noexcept = default;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Whether the file is there still. If somebody has removed it, another process may hold that path by now.
  [[nodiscard]] bool is_in_place() const noexcept;

 private:
  FileLock(std::string path, Fd fd) noexcept : path_(std::move(path)), fd_(std::move(fd)) {}
  void release() noexcept;

  std::string path_;
  Fd fd_;
};

}  // namespace weft
