// What became of a server's requests.
//
// Threads   ServerCounters is a value; ServerCounts is written by one thread at a time and read by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace weft {

/// received = answered + late + cancelled + turned_away + those that wait or are worked at.
struct ServerCounters {
  std::uint64_t received = 0;   ///< Requests that could be read.
  std::uint64_t answered = 0;   ///< By the handler, also with an error.
  std::uint64_t late = 0;       ///< Their deadline had passed before it was their turn: not answered.
  std::uint64_t cancelled = 0;  ///< Called off before it was their turn: not answered.
  std::uint64_t turned_away =
      0;  ///< Too many waited (resource_exhausted), or the server drains (unavailable).
  friend bool operator==(const ServerCounters&, const ServerCounters&) = default;
};

namespace node {

class ServerCounts final {
 public:
  using Count = std::atomic<std::uint64_t>;
  Count received{0};
  Count answered{0};
  Count late{0};
  Count cancelled{0};
  Count turned_away{0};

  /// For the one thread that writes: no locked instruction.
  static void add(Count& count) noexcept {
    count.store(read(count) + 1,
                std::memory_order_relaxed);  // pairs with nothing: a statistic orders nothing
  }
  [[nodiscard]] ServerCounters snapshot() const noexcept {
    return {read(received), read(answered), read(late), read(cancelled), read(turned_away)};
  }

 private:
  static std::uint64_t read(const Count& count) noexcept {
    return count.load(std::memory_order_relaxed);  // pairs with nothing, see add()
  }
};

}  // namespace node

}  // namespace weft
