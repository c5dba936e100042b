// Ctrl-C and SIGTERM as a descriptor, so that a program ends where it can end cleanly.
//
// Threads   Create it first thing in main: threads started later inherit the blocked signals.
#pragma once

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/time.hpp"

namespace weft::app {

/// Readable once SIGINT or SIGTERM has come, and from then on. REQUIRES that they are blocked. Errors: resource_exhausted.
Result<Fd> open_signals();

class Interrupt final {
 public:
  /// Blocks SIGINT and SIGTERM, which from now on are answered here, and ignores SIGPIPE, so that a closed
  /// pipe is a failed write. Errors: resource_exhausted.
  static Result<Interrupt> create();

  /// Whether one of them has come.
  [[nodiscard]] bool requested() const;
  [[nodiscard]] int fd() const noexcept { return signals_.get(); }

  /// It has been answered: what is still to be done goes on, until another one comes.
  void forget() noexcept;

  /// Gives the signals their own effect back: they end the program at once, wherever it waits. For a program
  /// that has nothing to clean up.
  void end_at_once() noexcept;

  enum class Woken { ready, interrupted, timed_out };
  /// Sleeps until `fd` (-1: none) is readable, a signal comes, or the deadline passes.
  Result<Woken> wait(int fd, Deadline deadline) const;

 private:
  explicit Interrupt(Fd signals) noexcept : signals_(std::move(signals)) {}
  Fd signals_;
};

}  // namespace weft::app
