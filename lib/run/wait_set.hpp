// WaitSet: waits for many things at once: ports, timers, foreign descriptors.
//
//     auto set = weft::WaitSet::create().value();
//     set.add(subscriber, 1).value();
//     set.add(timer, 2).value();
//     const auto ready = set.wait(Deadline::none()).value();  // named: C++20 loops over no temporary
//     for (const auto token : ready) {
//       if (token == 1) while (auto sample = subscriber.try_receive()) use(*sample);
//       if (token == 2) tick(timer.take());
//     }
//
// What      Level-triggered: what is ready is reported by every wait() until it has been emptied, so nothing is lost by
//           taking only some. A port may be reported with nothing to take: link changes wake, too.
// Threads   One at a time; wake() from any.
// Lifetime  A source outlives its place in the set: remove() it before it is destroyed or moved from.
// Cost      One epoll descriptor; a wait() costs one system call however many sources there are. A port that is in no
//           set pays nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/time.hpp"
#include "run/waitable.hpp"
#include "run/waker.hpp"

namespace weft {

class WaitSet final {
 public:
  /// What the program calls a source: any number but the highest. Several sources may share one.
  using Token = std::uint64_t;

  /// Errors: resource_exhausted.
  static Result<WaitSet> create();

  /// Waits for it, too. Errors: in_use (it is in the set already), resource_exhausted.
  template <Waitable S>
  Result<void> add(S& source, Token token) {
    WEFT_TRY(const int fd, Result<int>(source.fd()));
    return add_fd(fd, token);
  }
  /// The same for a descriptor, which stays the caller's. Errors also: permission_denied
  /// (one that cannot be polled: a plain file).
  Result<void> add_fd(int fd, Token token);

  /// Waits for it no longer; what is not in the set is left alone.
  template <Waitable S>
  void remove(S& source) noexcept {
    if (const Result<int> fd = source.fd()) remove_fd(*fd);
  }
  void remove_fd(int fd) noexcept;

  /// The tokens of all that is ready, at most 64, those reported longest ago first; waits until there is one. Nothing
  /// if the deadline passed or wake() was called. Good until the next wait(). Errors: those of epoll.
  Result<std::span<const Token>> wait(Deadline deadline);

  /// Ends the wait() that is going on, else the next one.
  void wake() noexcept { waker_.wake(); }

 private:
  WaitSet(Fd epoll, run::Waker waker);

  Fd epoll_;
  run::Waker waker_;
  std::vector<Token> ready_;
};

}  // namespace weft
