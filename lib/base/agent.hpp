// The agent: the one background thread of a Context. It waits on descriptors and timers and runs short tasks.
//
// Threads   watch(), every() and after() may be called from any thread; tasks run on the agent's thread, one at a time.
// Lifetime  A Watch ends its task when it is dropped: afterwards the task does not run and is not running (unless
//           it is dropped by the task itself). The Agent outlives its Watches.
// Cost      Asleep in ppoll until something happens; no timer, no wake-up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/error.hpp"
#include "base/time.hpp"

namespace weft {

class Agent final {
 public:
  /// A task must not block; it may take locks that are held only briefly.
  using Task = std::function<void()>;

  /// Keeps one task registered.
  class Watch final {
   public:
    Watch() noexcept = default;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;
    ~Watch();
    /// Stops and starts calling the task; a watch starts enabled. From any thread, also from the task.
    void enable(bool on);
    /// Whether the task also runs while the descriptor is writable; not at first. As enable().
    void watch_writable(bool on);

   private:
    friend class Agent;
    Watch(Agent* agent, std::uint64_t id) noexcept;
    Agent* agent_ = nullptr;
    std::uint64_t id_ = 0;
  };

  /// Starts the thread. Errors: resource_exhausted.
  static Result<std::unique_ptr<Agent>> start();
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Whether the calling thread is the agent's.
  [[nodiscard]] bool is_here() const noexcept;
  /// Runs `task` while `fd` is readable (level-triggered). `fd` stays the caller's and outlives the Watch.
  Result<Watch> watch(int fd, Task task);
  /// Runs `task` every `period`, first after one period; a late run is not made up for.
  Result<Watch> every(Duration period, Task task);
  /// Runs `task` once, after `delay`; once more for each enable(true) afterwards.
  Result<Watch> after(Duration delay, Task task);

 private:
  Agent();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft
