// Says once, on standard error, what a subscriber waits for to whom nothing came for a second.
//
// Threads   One at a time. The daemons are asked on a thread of its own: no message waits for their answer.
#pragma once

#include <optional>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "node/dynamic.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

class Patience final {
 public:
  Patience(std::string topic, const Peers& peers, Tool& tool);
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  /// Waits for no daemon.
  ~Patience();

  /// When there will be something to say; never, once it was said.
  [[nodiscard]] Deadline deadline() const noexcept { return said_ ? Deadline::none() : deadline_; }
  /// Says it, if the time has come. REQUIRES that no message has come yet.
  void look(DynamicSubscriber& subscriber);
  /// A message has come: nothing is said any more.
  void end() noexcept;

 private:
  [[nodiscard]] std::optional<std::string> reason(DynamicSubscriber& subscriber) const;
  void ask();
  void say_by_directory() const;

  std::string topic_;
  const Peers& peers_;
  Tool& tool_;
  Deadline deadline_;
  bool said_ = false;
  Fd stop_;  // an eventfd: readable, the thread has nothing to say any more
  std::thread asking_;
};

}  // namespace weft::tool
