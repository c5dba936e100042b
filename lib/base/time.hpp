// Time: instants, durations and deadlines.
//
// What      `Time` is wall-clock time (CLOCK_REALTIME) and travels in messages; `Instant` is monotonic and
//           never leaves the host; `Deadline` is an instant up to which a call may wait.
// Threads   Values.
#pragma once

#include <chrono>

#include <time.h>

namespace weft {

using Duration = std::chrono::nanoseconds;
/// Nanoseconds since 1970-01-01 UTC without leap seconds (CLOCK_REALTIME).
using Time = std::chrono::sys_time<Duration>;
/// CLOCK_MONOTONIC: for waiting and for measuring on one host.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Reads CLOCK_REALTIME, through the vDSO where there is one: no system call.
inline Time wall_now() noexcept {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}
/// Reads CLOCK_MONOTONIC.
inline Instant now() noexcept {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

/// The same as of some milliseconds ago at most: for a fifth of the cost.
inline Instant coarse_now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return Instant(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

/// Up to when a call may wait. A Duration converts: `receive(100ms)` waits at most 100 ms from now.
/// `Deadline::none()` waits for ever, `Deadline::passed()` not at all; sums saturate instead of overflowing.
class Deadline {
 public:
  Deadline(Duration from_now) noexcept : at_(after(weft::now(), from_now)) {}  // NOLINT: implicit by design
  template <class Rep, class Period>
  Deadline(std::chrono::duration<Rep, Period> from_now) noexcept  // NOLINT: implicit by design
      : Deadline(saturated(from_now)) {}

  static Deadline at(Instant instant) noexcept { return Deadline(instant); }
  static Deadline none() noexcept { return Deadline(Instant::max()); }
  static Deadline passed() noexcept { return Deadline(Instant::min()); }

  [[nodiscard]] Instant instant() const noexcept { return at_; }
  [[nodiscard]] bool is_none() const noexcept { return at_ == Instant::max(); }
  [[nodiscard]] bool has_passed(Instant now) const noexcept { return now >= at_; }
  /// Time left at `now`; zero once it has passed, Duration::max() if it never does.
  [[nodiscard]] Duration left(Instant now) const noexcept {
    if (is_none()) return Duration::max();
    return has_passed(now) ? Duration::zero() : at_ - now;
  }
  friend Deadline earlier(Deadline a, Deadline b) noexcept { return a.at_ < b.at_ ? a : b; }

 private:
  explicit Deadline(Instant at) noexcept : at_(at) {}
  /// The nearest Duration; not a number is for ever.
  template <class Rep, class Period>
  static constexpr Duration saturated(std::chrono::duration<Rep, Period> wait) noexcept {
    using Wide = std::chrono::duration<double, std::nano>;  // holds any duration, if not to the nanosecond
    if (!(Wide(wait) < Wide(Duration::max()))) return Duration::max();
    if (Wide(wait) <= Wide(Duration::min())) return Duration::min();
    return std::chrono::duration_cast<Duration>(wait);
  }
  static Instant after(Instant start, Duration wait) noexcept {
    if (wait <= Duration::zero()) return Instant::min();
    return wait > Instant::max() - start ? Instant::max() : start + wait;
  }
  Instant at_;
};

}  // namespace weft
