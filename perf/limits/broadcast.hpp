// Broadcast: a writer and readers of one ring, and what each says of its part.
//
// Threads   Each function is one party's.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "limits/ring.hpp"

namespace weft::perf::limits {

/// What a reader does with a message.
enum class Read : std::uint8_t { header, all };

/// In shared memory: written by its party, read once that has ended.
struct alignas(64) Account {
  std::uint64_t messages;  ///< Written or read, those of the warm-up, too.
  std::uint64_t wrong;     ///< Of them: not what should have come next.
  double processor;        ///< Seconds of its processor since the warm-up.
  double seconds;          ///< The writer's: from the end of the warm-up until every reader had all.
};

/// How many messages are written before the measured ones: more than there are slots, so that each reader has begun.
inline std::uint64_t warm_up_of(const Ring& ring) noexcept {
  return 2 * ring.shape().slots;
}

/// Writes whole messages for about that time, then farewell, and waits until all is read. A message's words are its number.
void write_broadcast(const Ring& ring, Duration time, Account& account);

/// Reads until farewell. The number is looked at, in the first word or in every one.
void read_broadcast(const Ring& ring, std::size_t index, Read read, Account& account);

}  // namespace weft::perf::limits
