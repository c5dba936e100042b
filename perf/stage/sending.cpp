#include "stage/sending.hpp"

#include <optional>

namespace weft::perf {

Sent send_phase(const Task& task, Phase phase, const Stage& stage, Clock& clock,
                const std::function<void(Mark mark)>& send) {
  const auto start_ns = clock.now_ns();
  const auto end_ns = start_ns + std::int64_t((phase == Phase::warm_up ? task.warm_up : task.seconds) * 1e9);
  const auto most = phase == Phase::warm_up || task.count == 0 ? UINT64_MAX : task.count;
  std::optional<Schedule> schedule;
  if (task.rate > 0) schedule.emplace(start_ns, task.rate);
  Sent sent;
  while (sent.count < most && !stage.stopped()) {
    std::int64_t stamp_ns = 0;
    if (schedule) {
      stamp_ns = schedule->due_ns();
    } else if (sent.count % task.stamped == 0) {
      stamp_ns = clock.now_ns();
    }
    if (stamp_ns >= end_ns) {
      if (schedule) sent.waited += clock.wait_until(end_ns);
      break;
    }
    if (schedule) {
      sent.waited += clock.wait_until(stamp_ns);
      schedule->sent();
    }
    send({.stamp_ns = stamp_ns, .writer = task.number, .phase = phase});
    ++sent.count;
  }
  sent.seconds = double(clock.now_ns() - start_ns) * 1e-9;
  return sent;
}

}  // namespace weft::perf
