// HandOver: a way by which one word goes from one party to the other, and the next one back.
//
// What      Each is the bare thing: a word, and whatever the kernel needs to tell that it is there.
// Threads   One of each side at a time; the sides may be threads, or processes that were forked after it was made.
// Lifetime  What the kernel keeps for it goes with the last process that has it, or, a System V queue, with the HandOver
//           or the process that made it, however that ends.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.hpp"
#include "kit/cores.hpp"

namespace weft::perf::limits {

enum class Side : std::uint8_t { first, second };
inline Side other(Side side) noexcept {
  return side == Side::first ? Side::second : Side::first;
}

using Word = std::uint32_t;

class HandOver {
 public:
  virtual ~HandOver() = default;

  /// Gives a word to the other side. False: the kernel refused, errno says why.
  /// REQUIRES: it is not 0, nor the one before, and the other side has received that.
  [[nodiscard]] virtual bool send(Side by, Word word) = 0;

  /// Waits for the other side's next word. False as above.
  [[nodiscard]] virtual bool receive(Side by, Word& word) = 0;
};

using Made = Result<std::unique_ptr<HandOver>>;

/// In memory (memory.cpp): each side has a cache line that it alone writes.
/// cache-line: the other spins. On one core it yields after each look, since else only the scheduler's time slice would be
/// measured; free it does so after a thousand, since the kernel may have put both on one core.
/// futex: the other sleeps until it is woken, which the sender always does.
Made make_cache_line(Cores cores);
Made make_futex(Cores cores);

/// Through descriptors (descriptors.cpp): the word is written, and read by who sleeps. unix-socket: a SOCK_SEQPACKET pair.
Made make_eventfd(Cores cores);
Made make_pipe(Cores cores);
Made make_unix_socket(Cores cores);

/// Through message queues of the kernel (queues.cpp), one for each direction. sysv-queue forks, as parties.hpp does.
Made make_posix_queue(Cores cores);
Made make_sysv_queue(Cores cores);

/// Errors of make: the kernel's, which has no such thing, or no more of it.
struct Kind {
  std::string_view name;
  Made (*make)(Cores cores);
};
inline constexpr std::array kinds{
    Kind{"cache-line", make_cache_line},   Kind{"futex", make_futex},
    Kind{"eventfd", make_eventfd},         Kind{"pipe", make_pipe},
    Kind{"unix-socket", make_unix_socket}, Kind{"posix-queue", make_posix_queue},
    Kind{"sysv-queue", make_sysv_queue}};

}  // namespace weft::perf::limits
