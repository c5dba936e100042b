#include "stage/pace.hpp"

#include <sched.h>
#include <time.h>

#include "stage/mark.hpp"

namespace weft::perf {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t early_ns =
    100'000;  // by which sleeping ends: the kernel's timers are late by about as much

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

}  // namespace

std::int64_t HostClock::now_ns() const {
  return monotonic_ns();
}

double HostClock::wait_until(std::int64_t due_ns) {
  const double before = thread_seconds();
  const auto wake_ns = due_ns - early_ns;
  if (wake_ns - monotonic_ns() > early_ns) {
    const timespec wake{wake_ns / second_ns, wake_ns % second_ns};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, nullptr);
  }
  while (monotonic_ns() < due_ns)
    ::sched_yield();
  return thread_seconds() - before;
}

}  // namespace weft::perf
