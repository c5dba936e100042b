#include "run/timer.hpp"

#include <algorithm>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/sys.hpp"

namespace weft {

namespace {

timespec spec_of(Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return {seconds.count(), (duration - seconds).count()};
}

}  // namespace

Result<Timer> Timer::every(Duration period) {
  if (period <= Duration::zero())
    return Error{Errc::invalid_argument,
                 "a timer's period must be above zero; for one beat use Timer::after"};
  return start(period, period);
}

Result<Timer> Timer::after(Duration delay) {
  return start(std::max(delay, Duration(1)), Duration::zero());  // zero would disarm it
}

Result<Timer> Timer::start(Duration first, Duration period) {
  const itimerspec beats{spec_of(period), spec_of(first)};
  WEFT_TRY(auto timer, sys::open("timerfd_create", "a timer", [] {
             return ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
           }));
  WEFT_CHECK(sys::call("timerfd_settime", "a timer",
                       [&] { return ::timerfd_settime(timer.get(), 0, &beats, nullptr); }));
  return Timer(std::move(timer));
}

std::uint64_t Timer::take() noexcept {
  std::uint64_t beats = 0;
  return ::read(timer_.get(), &beats, sizeof beats) == sizeof beats ? beats : 0;
}

Result<std::uint64_t> Timer::wait(Deadline deadline) {
  for (;;) {
    if (const auto beats = take(); beats != 0) return beats;
    const auto left = deadline.left(now());
    if (left == Duration::zero()) return Error{Errc::timeout, "the timer: no beat in time"};
    const auto timeout = spec_of(left);
    pollfd polled{timer_.get(), POLLIN, 0};
    WEFT_CHECK(sys::call("ppoll", "a timer", [&] {
      return ::ppoll(&polled, 1, deadline.is_none() ? nullptr : &timeout, nullptr);
    }));
  }
}

}  // namespace weft
