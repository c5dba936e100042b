// What a producer's items came to.
//
// Threads   QueueCounters is a value; QueueCounts is written by one thread at a time and read by any.
#pragma once

#include <cstdint>

#include "node/count.hpp"

namespace weft {

/// pushed = done + dead + lost + those that are not done yet; read while items are pushed and done, the last may also be some
/// that came meanwhile, and are never less than none.
struct QueueCounters {
  std::uint64_t pushed = 0;       ///< Taken by push().
  std::uint64_t done = 0;         ///< Acknowledged; of a best-effort queue: taken by a worker.
  std::uint64_t dead = 0;         ///< Failed too often.
  std::uint64_t lost = 0;         ///< Of a best-effort queue: with a worker that died.
  std::uint64_t refused = 0;      ///< How often a worker could not do one.
  std::uint64_t redelivered = 0;  ///< How often one was given to a worker again.
  friend bool operator==(const QueueCounters&, const QueueCounters&) = default;
};

namespace node {

class QueueCounts final {
 public:
  Count pushed;
  Count done;
  Count dead;
  Count lost;
  Count refused;
  Count redelivered;

  /// The whole is read last: it has all that the parts have.
  [[nodiscard]] QueueCounters snapshot() const noexcept {
    QueueCounters counters;
    counters.done = done.read();
    counters.dead = dead.read();
    counters.lost = lost.read();
    counters.refused = refused.read();
    counters.redelivered = redelivered.read();
    counters.pushed = pushed.read();
    return counters;
  }
};

}  // namespace node

}  // namespace weft
