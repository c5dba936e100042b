// The backlog: how much waits for sessions that do not read what they are told, and whose turn it is to lose it.
//
// Threads   One at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "discovery/directory.hpp"

namespace weft::discovery {

class Backlog final {
 public:
  /// `most` bytes may wait for all sessions together.
  explicit Backlog(std::size_t most) noexcept : most_(most) {}

  /// So many bytes wait for it now.
  void waits(SessionId session, std::size_t bytes);
  /// It takes what it is told.
  void reads(SessionId session) { sessions_[session].read = ++last_read_; }
  /// It has gone.
  void forget(SessionId session);
  /// If too much waits: for whom what waits is to be dropped first, which is who has read nothing for longest.
  [[nodiscard]] std::optional<SessionId> stalest() const;

 private:
  struct Entry {
    std::size_t waiting = 0;
    std::uint64_t read = 0;  // when it read last; 0: it never did
  };

  const std::size_t most_;
  std::size_t waiting_ = 0;  // of all
  std::uint64_t last_read_ = 0;
  std::map<SessionId, Entry> sessions_;
};

}  // namespace weft::discovery
