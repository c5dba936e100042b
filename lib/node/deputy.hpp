// Deputy: the Context's agent, when it does a port's work because the program is elsewhere.
//
// What      Whoever holds enter() has the port for himself. While the port is called upon, the agent comes every `period`,
//           and from the first time that it finds nobody there, at once when an End has something: until the program enters
//           again. So a program that is there is not disturbed, and what waits for one that is not does not wait long.
// Threads   enter() and call() from the port's, one at a time; the work is done on the agent's, or not at all while somebody
//           is in.
// Lifetime  The Ends outlive it. Once it is gone the agent is out of the port and does not come again.
#pragma once

#include <functional>
#include <mutex>

#include "base/agent.hpp"
#include "base/spin_lock.hpp"
#include "node/ends.hpp"

namespace weft::node {

class Deputy final {
 public:
  static constexpr Duration period = std::chrono::milliseconds(10);

  /// Does what there is to do, and tells Ends::note() whether there may be more at once, or the agent sleeps on it, or never.
  /// False if nothing is left that may change by itself.
  using Work = std::function<bool()>;

  explicit Deputy(Ends& ends) noexcept : ends_(ends) {}
  Deputy(const Deputy&) = delete;
  Deputy& operator=(const Deputy&) = delete;

  /// From now on the agent does `work` when it is called. Errors: resource_exhausted.
  Result<void> start(Work work);
  /// Keeps the agent out as long as the answer lives. A lock that nobody else wants costs some 5 ns.
  [[nodiscard]] std::unique_lock<SpinLock> enter() {
    std::unique_lock lock(lock_);
    if (follows_) [[unlikely]]
      stop_following();
    return lock;
  }
  /// There is something that may change by itself. REQUIRES: the caller is in, and it was started.
  void call() {
    if (called_) [[likely]]
      return;
    called_ = true;
    tick_.enable(true);
  }

 private:
  void come();
  void be_told();
  void follow();
  void stop_following();

  Ends& ends_;
  SpinLock lock_;  // guards the rest
  Work work_;
  bool called_ = false;    // tick_ is enabled
  bool follows_ = false;   // news_ may be
  bool has_news_ = false;  // it was tried to make it
  Agent::Watch news_;      // of the Ends' descriptor; the agent makes it, who alone uses it without the lock
  Agent::Watch tick_;      // goes first: it makes the other
};

}  // namespace weft::node
