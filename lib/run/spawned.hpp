// Spawned: the coroutine at the root, which nobody awaits. It runs a Task on a reactor and frees itself.
//
// Threads   The reactor's.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <utility>

#include "run/call_user.hpp"
#include "run/task.hpp"

namespace weft::run {

using OnException = std::function<void(std::exception_ptr)>;

struct Spawned final {
  class promise_type final : public Reactor::Waiter {
   public:
    promise_type(const Task<>& /*task*/, Surroundings surroundings, const OnException& on_exception)
        : surroundings_(std::move(surroundings)), on_exception_(on_exception) {}

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
    const OnException& on_exception_;
  };

  Reactor::Waiter& beginning;  ///< Begins it when it is woken; it frees itself at its end.
};

/// `on_exception` outlives it.
inline Spawned spawn(Task<> task, Surroundings /*surroundings*/, const OnException& /*on_exception*/) {
  co_await std::move(task);
}

}  // namespace weft::run
