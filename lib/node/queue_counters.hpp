// What a producer's items came to.
//
// Threads   QueueCounters is a value; QueueCounts is written by one thread at a time and read by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace weft {

/// pushed = done + dead + lost + those that are not done yet.
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
  using Count = std::atomic<std::uint64_t>;
  Count pushed{0};
  Count done{0};
  Count dead{0};
  Count lost{0};
  Count refused{0};
  Count redelivered{0};

  /// For the one thread that writes: no locked instruction.
  static void add(Count& count, std::uint64_t n = 1) noexcept {
    count.store(read(count) + n,
                std::memory_order_relaxed);  // pairs with nothing: a statistic orders nothing
  }
  [[nodiscard]] QueueCounters snapshot() const noexcept {
    return {read(pushed), read(done), read(dead), read(lost), read(refused), read(redelivered)};
  }

 private:
  static std::uint64_t read(const Count& count) noexcept {
    return count.load(std::memory_order_relaxed);  // pairs with nothing, see add()
  }
};

}  // namespace node

}  // namespace weft
