#include "kit/sending.hpp"

#include <optional>

#include <sched.h>
#include <time.h>

#include "kit/schedule.hpp"

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

/// Sleeps until shortly before, and looks again and again from then on. What that cost.
double wait_until(std::int64_t due_ns) {
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

}  // namespace

Sent send_phase(const Task& task, Phase phase, const Stage& stage,
                const std::function<void(Mark mark)>& send) {
  const auto start_ns = monotonic_ns();
  const auto end_ns = start_ns + std::int64_t((phase == Phase::warm_up ? task.warm_up : task.seconds) * 1e9);
  const auto most = phase == Phase::warm_up || task.count == 0 ? UINT64_MAX : task.count;
  std::optional<Schedule> schedule;
  if (task.rate > 0) schedule.emplace(start_ns, task.rate);
  Sent sent;
  while (sent.count < most && !stage.stopped()) {
    const auto stamp_ns = schedule ? schedule->due() : monotonic_ns();
    if (stamp_ns >= end_ns) break;
    if (schedule) {
      sent.waited += wait_until(stamp_ns);
      schedule->sent();
    }
    send({.stamp_ns = stamp_ns, .writer = task.number, .phase = phase});
    ++sent.count;
  }
  sent.seconds = double(monotonic_ns() - start_ns) * 1e-9;
  return sent;
}

}  // namespace weft::perf
