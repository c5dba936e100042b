// spawn(): begins a coroutine that nobody awaits, on a program's own reactor. Executor::spawn() is the same on that.
//
//     weft::spawn(reactor, count(subscriber), stop.get_token());
//
// What      At the root stands a coroutine that runs the Task and frees itself at its end.
// Threads   spawn() from any; the Task runs on the reactor's.
// Lifetime  The reactor outlives it: one that ends wakes it as `stopping`, and what it waits for ends as cancelled.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <stop_token>
#include <utility>

#include "run/call_user.hpp"
#include "run/task.hpp"

namespace weft::run {

using OnException = std::function<void(std::exception_ptr)>;

struct Spawned final {
  class promise_type final : public Reactor::Waiter {
   public:
    promise_type(const Task<>& /*task*/, Surroundings surroundings, OnException on_exception)
        : surroundings_(std::move(surroundings)), on_exception_(std::move(on_exception)) {}

    [[nodiscard]] const Surroundings& surroundings() const noexcept { return surroundings_; }
    Spawned get_return_object() noexcept { return {*this}; }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {
      run_user([] { throw; }, on_exception_);
    }

    void wake(Reactor::Woken why) override {
      const auto frame = std::coroutine_handle<promise_type>::from_promise(*this);
      why == Reactor::Woken::ready ? frame.resume() : frame.destroy();
    }
    [[nodiscard]] Priority priority() const noexcept override { return surroundings_.priority; }

   private:
    const Surroundings surroundings_;
    const OnException on_exception_;
  };

  Reactor::Waiter& beginning;  ///< Begins it when it is woken; it frees itself at its end.
};

inline Spawned begin(Task<> task, Surroundings /*surroundings*/, OnException /*on_exception*/) {
  co_await std::move(task);
}

}  // namespace weft::run

namespace weft {

/// Begins `task` soon, on a thread of the reactor's. `stop` ends the wait that is under way as Errc::cancelled.
/// `on_exception` is called with what the task throws; empty: the program ends by std::terminate.
inline void spawn(Reactor& reactor, Task<> task, std::stop_token stop = {},
                  Priority priority = Priority::normal, run::OnException on_exception = {}) {
  reactor.post(
      run::begin(std::move(task), {&reactor, std::move(stop), priority}, std::move(on_exception)).beginning);
}

}  // namespace weft
