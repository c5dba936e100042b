// The listener: the daemon's place in the runtime directory, which at most one process has, and who comes to it.
//
// Threads   One at a time.
// Lifetime  The destructor removes socket and lock, as far as they are its own still. One that is killed leaves both; the
//           next takes them over.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file_lock.hpp"

namespace weft::discovery {

class Listener final {
 public:
  /// Takes the lock of a SOCK_SEQPACKET socket at `path`, replaces what a killed process left there, listens. Errors:
  /// in_use, permission_denied, resource_exhausted, not_found (the directory).
  static Result<Listener> open(const std::string& path);
  Listener(Listener&&) noexcept = default;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  struct Newcomer {
    Fd socket;  ///< Does not block.
    /// It took the last descriptor: it is to be closed before the next accept().
    bool crowded = false;
  };
  /// Who has come, if anybody has. Errors: resource_exhausted: nobody can be let in, or turned away, for now.
  Result<std::optional<Newcomer>> accept();
  /// Whether newcomers find it: its socket and its lock are where they were made. Somebody's hand, or a clean-up of
  /// the directory, may have removed them.
  [[nodiscard]] bool is_in_place() const noexcept;
  /// Readable when that may have changed; forgets what it was readable for. -1 where the kernel has no watch to spare.
  [[nodiscard]] int removals() const noexcept { return removals_.get(); }
  void forget_removals() noexcept;
  /// Readable when accept() has something to do.
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  Listener(std::string path, FileLock lock, Fd socket) noexcept
      : path_(std::move(path)), lock_(std::move(lock)), socket_(std::move(socket)) {}
  Result<Fd> take_in();

  std::string path_;
  FileLock lock_;
  Fd socket_;
  ino_t inode_ = 0;  // the socket's
  Fd removals_;      // inotify on the directory
  Fd spare_;         // given up to turn somebody away when there is no other descriptor
};

}  // namespace weft::discovery
