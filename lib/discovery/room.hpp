// Room: how much the directory keeps for its sessions, and whether there is any left. For the directory alone.
//
// What      Each part counts with its records and all its text; a schema that many ports have is kept once and counts
//           for each. No packet that tells of a part is longer than what it counts: so the whole directory, said to a
//           watcher, is bounded as the directory itself is.
// Threads   One at a time.
#pragma once

#include <cstddef>

#include "base/error.hpp"
#include "discovery/packets.hpp"

namespace weft::discovery {

class Room final {
 public:
  /// What one session has taken.
  using Share = std::size_t;

  /// Takes so much for that session. Errors: resource_exhausted, with what to do; then nothing is taken.
  Result<void> take(Share& share, std::size_t bytes);
  void give_back(Share& share, std::size_t bytes) noexcept;
  [[nodiscard]] std::size_t taken() const noexcept { return taken_; }

 private:
  std::size_t taken_ = 0;
};

/// What they count, without pairs. Of a port, its endpoints are those that it says itself.
std::size_t footprint(const Node& node) noexcept;
std::size_t footprint(const Port& port) noexcept;
/// A pair, without its reason.
inline constexpr std::size_t pair_footprint = 384;

}  // namespace weft::discovery
