// The listener: the daemon's place in the runtime directory, which at most one process has, and who comes to it.
//
// Threads   One at a time.
// Lifetime  The destructor removes socket and lock. One that is killed leaves both; the next takes them over.
#pragma once

#include <optional>
#include <string>
#include <utility>

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
  Fd spare_;  // given up to turn somebody away when there is no other descriptor
};

}  // namespace weft::discovery
