// Reactor: who wakes those that wait for a descriptor. What coroutines run on: weft's Executor, or a program's own
// event loop behind these three functions.
//
// Threads   Every function from any thread. A Waiter is woken on a thread of the Reactor's, never from within a call.
// Lifetime  A Waiter outlives its waiting. The Reactor outlives its Waiters.
#pragma once

#include <cstdint>

#include "base/error.hpp"

namespace weft {

/// Of several that are ready at the same time, who goes first.
enum class Priority : std::uint8_t { high, normal, low };

class Reactor {
 public:
  enum class Woken : std::uint8_t {
    ready,     ///< What was waited for has come.
    stopping,  ///< The Reactor ends: it has not, and nothing will.
  };

  /// One who waits: for one thing at a time.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    /// Once for each await_readable() that was not cancelled, and for each post().
    virtual void wake(Woken why) = 0;
    [[nodiscard]] virtual Priority priority() const noexcept = 0;
  };

  virtual ~Reactor() = default;
  /// `waiter` is woken once, when `fd` is readable (level-triggered). Errors: in_use (somebody waits for it: one at a time),
  /// resource_exhausted, permission_denied (it cannot be polled); then it is not woken.
  virtual Result<void> await_readable(int fd, Waiter& waiter) = 0;
  /// It does not wait for `fd` any more. False if it has been woken, or is just about to be.
  virtual bool cancel(int fd, Waiter& waiter) = 0;
  /// `waiter`, which waits for nothing, is woken soon.
  virtual void post(Waiter& waiter) = 0;
};

}  // namespace weft
