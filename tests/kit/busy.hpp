// Busy: an agent that has no time for what else it is to do.
#pragma once

#include <future>

#include "base/agent.hpp"

namespace weft::test {

/// Keeps the agent's thread busy as long as it lives.
class Busy final {
 public:
  explicit Busy(Agent& agent) {
    const auto work = [this] {
      began_.set_value();
      ended_.get_future().wait();
    };
    task_ = agent.after(Duration::zero(), work).value();
    began_.get_future().wait();
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { ended_.set_value(); }

 private:
  std::promise<void> began_;
  std::promise<void> ended_;
  Agent::Watch task_;
};

}  // namespace weft::test
