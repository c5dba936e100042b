// Timer: one instant, or a steady beat, that is waited on like a port.
//
//     auto timer = weft::Timer::every(10ms).value();
//     for (;;) control(timer.wait(Deadline::none()).value());
//
// What      Without drift: beat n of every() is due n periods after its making, however late the beats before it were
//           taken. Beats that nobody took are counted, not queued.
// Threads   One at a time; may move between threads.
// Clock     CLOCK_MONOTONIC: setting the time of day does not touch it, and a suspended machine's beats wait.
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/time.hpp"
#include "run/awaiting.hpp"

namespace weft {

class Timer final {
 public:
  /// A beat every `period`, first after one period. Errors: invalid_argument (a period that is not above zero),
  /// resource_exhausted.
  static Result<Timer> every(Duration period);
  /// One beat after `delay`; at once if that is not above zero. Errors: resource_exhausted.
  static Result<Timer> after(Duration delay);

  /// How many beats were due since they were taken last; often 0. Never blocks.
  std::uint64_t take() noexcept;
  /// The same, waiting for the first: more than 1 if beats were missed. Errors: timeout.
  Result<std::uint64_t> wait(Deadline deadline);

  /// For coroutines: `co_await timer.next()` answers a Result<std::uint64_t>, as wait(). The Timer outlives the waiting.
  auto next() noexcept;

  /// A descriptor for poll and epoll (POLLIN), level-triggered: readable while a beat is due. The Timer's own.
  [[nodiscard]] int fd() const noexcept { return timer_.get(); }

 private:
  explicit Timer(Fd timer) noexcept : timer_(std::move(timer)) {}
  static Result<Timer> start(Duration first, Duration period);

  Fd timer_;
};

namespace run {

struct NextBeat {
  Timer* timer;
  [[nodiscard]] int fd() const noexcept { return timer->fd(); }
  [[nodiscard]] std::optional<Result<std::uint64_t>> poll() const {
    if (const auto beats = timer->take(); beats != 0) return beats;
    return std::nullopt;
  }
};

}  // namespace run

inline auto Timer::next() noexcept {
  return run::Awaiting<run::NextBeat>({this});
}

}  // namespace weft
