// Errand: what the agent does again and again for an end, while that wants it.
//
// Threads   By whoever holds the end's lock, which the task takes too.
// Lifetime  The agent outlives it.
#pragma once

#include <optional>
#include <utility>

#include "base/agent.hpp"

namespace weft::transport::zeromq {

class Errand final {
 public:
  Errand(Agent& agent, Duration period, Agent::Task task)
      : agent_(agent), period_(period), task_(std::move(task)) {}

  /// It is done every period from now on, unless it is already. Without memory for it nothing happens.
  void want() {
    if (std::exchange(wanted_, true)) return;
    if (watch_) return watch_->enable(true);
    if (auto watch = agent_.every(period_, task_)) {
      watch_ = *std::move(watch);
    } else {
      wanted_ = false;
    }
  }

  /// Not any more; it is called once more perhaps.
  void unwant() {
    if (!watch_) return;
    wanted_ = false;
    watch_->enable(false);
  }

  /// Never again, once what is answered has ended: without the lock, since that waits for the task.
  [[nodiscard]] std::optional<Agent::Watch> end() noexcept {
    wanted_ = true;
    return std::exchange(watch_, std::nullopt);
  }

 private:
  Agent& agent_;
  const Duration period_;
  const Agent::Task task_;
  std::optional<Agent::Watch> watch_;
  bool wanted_ = false;
};

}  // namespace weft::transport::zeromq
