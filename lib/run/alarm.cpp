#include "run/alarm.hpp"

#include <algorithm>

#include <sys/timerfd.h>

#include "base/sys.hpp"

namespace weft::run {

Result<Alarm> Alarm::create() {
  WEFT_TRY(auto timer, sys::open("timerfd_create", "an alarm", [] {
             return ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
           }));
  return Alarm(std::move(timer));
}

void Alarm::set(Instant at) noexcept {
  at_ = at;
  itimerspec when{};  // zero: never
  if (at != Instant::max()) {
    const auto since_boot = std::max(at.time_since_epoch(), Duration(1));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
    when.it_value = {seconds.count(), (since_boot - seconds).count()};
  }
  // Cannot fail: the descriptor is a timer's, and the time is in form.
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

}  // namespace weft::run
