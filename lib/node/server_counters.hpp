// What became of a server's requests.
//
// Threads   ServerCounters is a value; ServerCounts is written by one thread at a time and read by any.
#pragma once

#include <cstdint>

#include "node/count.hpp"

namespace weft {

/// received = answered + late + cancelled + turned_away + those that wait or are worked at; read while the server works on,
/// those may also be some that came meanwhile, and are never less than none.
struct ServerCounters {
  std::uint64_t received = 0;  ///< Requests that could be read.
  std::uint64_t answered =
      0;                   ///< By the handler, also with an error; and also if its caller had gone, or had no
                           ///< room for the reply: that is dropped.
  std::uint64_t late = 0;  ///< Their deadline had passed before it was their turn: not answered.
  std::uint64_t cancelled = 0;  ///< Called off before it was their turn: not answered.
  std::uint64_t turned_away =
      0;  ///< Too many waited (resource_exhausted), or the server drains (unavailable).
  friend bool operator==(const ServerCounters&, const ServerCounters&) = default;
};

namespace node {

class ServerCounts final {
 public:
  Count received;
  Count answered;
  Count late;
  Count cancelled;
  Count turned_away;

  /// The whole is read last: it has all that the parts have.
  [[nodiscard]] ServerCounters snapshot() const noexcept {
    ServerCounters counters;
    counters.answered = answered.read();
    counters.late = late.read();
    counters.cancelled = cancelled.read();
    counters.turned_away = turned_away.read();
    counters.received = received.read();
    return counters;
  }
};

}  // namespace node

}  // namespace weft
