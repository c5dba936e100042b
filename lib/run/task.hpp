// Task<T>: a coroutine that waits for ports and timers without a thread.
//
//     weft::Task<> relay(weft::Subscriber<Reading>& from, weft::Publisher<Reading>& to) {
//       for (;;) {
//         auto sample = co_await from.next();
//         if (!sample) co_return;  // asked to stop
//         to.send(**sample).value();
//       }
//     }
//     executor->spawn(relay(subscriber, publisher));
//
// What      Begins when it is awaited by another, or given to Executor::spawn, and runs on that one's reactor: one thread
//           at a time. Awaiting costs no allocation: what waits lives in the coroutine's frame.
// Threads   One at a time, not always the same: the reactor's that woke it.
// Stopping  A wait that is under way when the stop token of its surroundings is triggered, or the reactor stops, answers
//           Errc::cancelled; so does every later one. Nothing is taken from the port by that.
// Errors    What a Task throws is thrown where it is awaited; by Executor::spawn, handed to `on_exception`.
// Lifetime  A Task owns its frame. What it waits for outlives the waiting. A Task that waits is not destroyed.
// Caveats   Parameters by reference refer to the caller's: they outlive the Task.
//
// A program's own coroutine types can await the same: their promise answers surroundings().
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <variant>

#include "run/reactor.hpp"

namespace weft {

/// Where a coroutine runs, and how it is told to stop.
struct Surroundings {
  Reactor* reactor = nullptr;  ///< Outlives the coroutine.
  std::stop_token stop = {};
  Priority priority = Priority::normal;
};

/// A promise whose coroutine can wait for ports.
template <class P>
concept HasSurroundings = requires(const P& promise) {
  { promise.surroundings() } -> std::same_as<const Surroundings&>;
};

template <class T = void>
class Task;

namespace run {

class TaskPromiseBase {
 public:
  [[nodiscard]] const Surroundings& surroundings() const noexcept { return surroundings_; }
  void begin_in(const Surroundings& surroundings, std::coroutine_handle<> continuation) {
    surroundings_ = surroundings;
    continuation_ = continuation;
  }

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] auto final_suspend() const noexcept {
    struct GoOn {
      std::coroutine_handle<> next;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> /*self*/) const noexcept {
        return next;
      }
      void await_resume() const noexcept {}
    };
    return GoOn{continuation_};
  }

 private:
  Surroundings surroundings_;
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    outcome_.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome_.template emplace<2>(std::current_exception()); }
  T take() {
    if (outcome_.index() == 2) std::rethrow_exception(std::get<2>(outcome_));
    return std::get<1>(std::move(outcome_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> outcome_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { thrown_ = std::current_exception(); }
  void take() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  std::exception_ptr thrown_;
};

}  // namespace run

template <class T>
class [[nodiscard]] Task final {
 public:
  using promise_type = run::TaskPromise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Runs it here, in the awaiting coroutine's surroundings; answers what it returns.
  auto operator co_await() && noexcept { return Awaiter{handle_}; }

 private:
  friend promise_type;
  struct Awaiter {
    std::coroutine_handle<promise_type> task;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <HasSurroundings P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> outer) const {
      task.promise().begin_in(outer.promise().surroundings(), outer);
      return task;
    }
    T await_resume() const { return task.promise().take(); }
  };

  explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

namespace run {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace run

}  // namespace weft
