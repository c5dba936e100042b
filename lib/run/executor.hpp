// Executor: runs a program's callbacks and coroutines, on threads of its own.
//
//     auto executor = weft::Executor::create({.threads = 2}).value();
//     auto readings = executor->on(subscriber, [](weft::Sample<Reading> sample) { use(*sample); }).value();
//     auto beat = executor->every(100ms, [] { step(); }).value();
//     executor->wait();  // until somebody calls stop(), a callback for example
//
// What      A callback runs whenever its port has something, on one thread at a time, each message in its order. Of
//           several that are ready, those of higher priority go first; of one priority each in its turn. As long as a
//           thread is free, no callback waits for another that is slow.
// Threads   Every function from any thread, also within callbacks.
// Lifetime  A Callback ends with its object: afterwards it does not run and is not running (unless it ends itself). Its
//           port outlives it. The Executor outlives its Callbacks, and is not destroyed by one.
// Errors    What a callback throws goes to `on_exception`; the callback is called again.
// Cost      Nothing while nothing happens. A burst on one port costs one wake-up and, every sixteen messages, two system
//           calls.
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "run/reactor.hpp"
#include "run/task.hpp"
#include "run/timer.hpp"
#include "run/waitable.hpp"

namespace weft {

/// A port that one takes from: a Subscriber, a Worker.
template <class P>
concept Receiving = Waitable<P> && requires(P& port) { *port.try_receive(); };
template <Receiving P>
using Received = std::remove_reference_t<decltype(*std::declval<P&>().try_receive())>;

/// A port whose items F does: a Worker.
template <class F, class P>
concept Working = Waitable<P> && requires(P& port, F& handler) {
  { port.try_work(handler) } -> std::same_as<bool>;
};

/// A port that calls its own handler: a Server.
template <class P>
concept Serving = Waitable<P> && requires(P& port) {
  { port.try_serve() } -> std::same_as<bool>;
};

struct ExecutorOptions {
  /// How many, from 1 to 1024.
  unsigned threads = 1;
  /// Called with what a callback threw, on its thread; must not throw. Empty: the program ends by std::terminate, as by
  /// an exception that leaves a std::thread.
  std::function<void(std::exception_ptr)> on_exception = {};
};

class Executor final : public Reactor {
 public:
  /// Keeps one callback.
  class Callback final {
   public:
    Callback() noexcept;
    Callback(Callback&&) noexcept;
    Callback& operator=(Callback&&) noexcept;
    ~Callback();

   private:
    friend class Executor;
    struct Activity;
    explicit Callback(std::shared_ptr<Activity> activity) noexcept;
    std::shared_ptr<Activity> activity_;
  };

  /// Starts the threads. Errors: invalid_argument, resource_exhausted.
  static Result<std::unique_ptr<Executor>> create(ExecutorOptions options = {});
  /// stop() and wait().
  ~Executor() override;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// `callback` takes what the port receives, a Sample<T> for example. Errors: in_use (another callback or a coroutine waits
  /// for this port), resource_exhausted.
  template <Receiving P, std::invocable<Received<P>> F>
  Result<Callback> on(P& port, F callback, Priority priority = Priority::normal) {
    WEFT_TRY(const int fd, port.fd());
    return keep(fd, priority, [&port, callback = std::move(callback)]() mutable {
      auto received = port.try_receive();
      if (received) callback(*std::move(received));
      return received.has_value();
    });
  }
  /// `handler` does the worker's items (Worker::try_work). Errors: in_use (another callback or a coroutine waits
  /// for this port), resource_exhausted.
  template <class P, Working<P> F>
  Result<Callback> on(P& worker, F handler, Priority priority = Priority::normal) {
    WEFT_TRY(const int fd, worker.fd());
    return keep(fd, priority,
                [&worker, handler = std::move(handler)]() mutable { return worker.try_work(handler); });
  }
  /// The server's handler answers its requests. Errors: in_use (another callback or a coroutine waits
  /// for this port), resource_exhausted.
  template <Serving P>
  Result<Callback> on(P& server, Priority priority = Priority::normal) {
    WEFT_TRY(const int fd, server.fd());
    return keep(fd, priority, [&server] { return server.try_serve(); });
  }
  /// `callback` takes nothing, and reads what is there: it is called while `fd` is readable. Errors:
  /// in_use, resource_exhausted, permission_denied (it cannot be polled).
  template <std::invocable F>
  Result<Callback> on_readable(int fd, F callback, Priority priority = Priority::normal) {
    return keep(fd, priority, [callback = std::move(callback)]() mutable {
      callback();
      return false;
    });
  }
  /// `callback` takes nothing, or how many beats there were since it was called last (Timer). Errors: Timer's.
  template <class F>
    requires std::invocable<F> || std::invocable<F, std::uint64_t>
  Result<Callback> every(Duration period, F callback, Priority priority = Priority::normal) {
    WEFT_TRY(auto timer, Timer::every(period));
    return keep_timer(std::move(timer), std::move(callback), priority);
  }
  /// Calls it once.
  template <std::invocable F>
  Result<Callback> after(Duration delay, F callback, Priority priority = Priority::normal) {
    WEFT_TRY(auto timer, Timer::after(delay));
    return keep_timer(std::move(timer), std::move(callback), priority);
  }
  /// Calls it once, soon; not any more after stop().
  void post(std::function<void()> callback);

  /// Runs a coroutine to its end. Its waits end as cancelled when `stop` is triggered, or after stop(). What it waits for
  /// beside weft's ports and timers has come before the Executor goes.
  void spawn(Task<> task, std::stop_token stop = {}, Priority priority = Priority::normal);

  /// Begins no callback any more, and ends the waiting of coroutines as cancelled. Does not wait for what is running.
  void stop() noexcept;
  /// Waits until stop() was called and all that was running has come to its end. Not within a callback.
  void wait();

  Result<void> await_readable(int fd, Waiter& waiter) override;
  bool cancel(int fd, Waiter& waiter) override;
  void post(Waiter& waiter) override;

 private:
  struct State;
  using Step = std::function<bool()>;  // takes one thing, if there is one: whether there was

  explicit Executor(std::unique_ptr<State> state) noexcept;
  Result<Callback> keep(int fd, Priority priority, Step step);

  template <class F>
  Result<Callback> keep_timer(Timer timer, F callback, Priority priority) {
    const int fd = timer.fd();
    // Shared, since a std::function is copyable.
    return keep(
        fd, priority,
        [timer = std::make_shared<Timer>(std::move(timer)), callback = std::move(callback)]() mutable {
          const auto beats = timer->take();
          if (beats == 0) return false;
          if constexpr (std::invocable<F, std::uint64_t>) {
            callback(beats);
          } else {
            callback();
          }
          return true;
        });
  }

  std::unique_ptr<State> state_;
};

}  // namespace weft
