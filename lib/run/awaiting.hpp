// Awaiting: what `co_await port.next()` and `co_await when_any(…)` wait with. It lives in the coroutine's frame.
//
// What      Waits for the first of several sources that has something, and takes from that one alone. A source has a
//           `Result<int> fd()`, readable once there may be something, and `std::optional<Value> poll()`, which takes it.
// Threads   The coroutine's, and the reactor's that wake it: one after the other.
// Handover  To begin waiting and to be woken may overlap: a reactor wakes on another thread before all is armed. So
//           `outstanding_` counts those who are still in here: each source that may wake us, and whoever arms. The first
//           that wakes calls the others off; the last that leaves goes on. Then nobody else knows of us.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <tuple>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "run/task.hpp"

namespace weft {

namespace run {

template <class Source>
using PollOf = typename decltype(std::declval<Source&>().poll())::value_type;

/// A Result<T> for one source, a std::variant of them for several.
template <class... Sources>
struct OutcomeOf {
  using Type = std::variant<PollOf<Sources>...>;
};
template <class Source>
struct OutcomeOf<Source> {
  using Type = PollOf<Source>;
};

template <class... Sources>
class [[nodiscard]] Awaiting final {
 public:
  using Outcome = typename OutcomeOf<Sources...>::Type;

  explicit Awaiting(Sources... sources) : sources_(std::move(sources)...) {}
  /// REQUIRES: nobody awaits it.
  Awaiting(Awaiting&& other) noexcept : sources_(std::move(other.sources_)) {}
  Awaiting& operator=(Awaiting&&) = delete;
  ~Awaiting() = default;
  [[nodiscard]] std::tuple<Sources...>& sources() noexcept { return sources_; }

  [[nodiscard]] bool await_ready() const noexcept { return false; }

  template <HasSurroundings P>
  bool await_suspend(std::coroutine_handle<P> coroutine) {
    coroutine_ = coroutine;
    surroundings_ = &coroutine.promise().surroundings();
    if (settled() || !find_descriptors()) return false;
    stop_.emplace(surroundings_->stop, Stop{this});
    return arm();
  }

  Outcome await_resume() {
    stop_.reset();
    return *std::move(outcome_);
  }

 private:
  static constexpr auto count = sizeof...(Sources);

  /// Waits for one of the sources.
  struct Arm final : Reactor::Waiter {
    Awaiting* self = nullptr;
    int fd = -1;
    void wake(Reactor::Woken why) override { self->woken(why); }
    [[nodiscard]] Priority priority() const noexcept override { return self->surroundings_->priority; }
  };
  struct Stop {
    Awaiting* self;
    void operator()() const { self->call_off(true); }
  };

  [[nodiscard]] Reactor& reactor() const noexcept { return *surroundings_->reactor; }

  bool find_descriptors() {
    std::size_t i = 0;
    const auto find = [&](auto& source) {
      const Result<int> fd = source.fd();
      if (!fd) return fail(fd.error());
      arms_[i].self = this;
      arms_[i++].fd = *fd;
      return true;
    };
    return std::apply([&](auto&... sources) { return (find(sources) && ...); }, sources_);
  }

  /// Whether it waits; else it has come to an end meanwhile.
  bool arm() {
    do {
      called_off_.store(false, std::memory_order_relaxed);  // pairs with nothing: nobody else knows of us now
      outstanding_.store(count + 1, std::memory_order_relaxed);  // pairs with nothing: as the line before
      for (auto& arm : arms_)
        begin(arm);
      if (surroundings_->stop.stop_requested()) call_off(false);
      if (called_off_.load(std::memory_order_seq_cst))
        cancel_all(false);  // those who came after; pairs with call_off()
      if (!is_last()) return true;
    } while (!settled());
    return false;
  }

  // Sources may have a descriptor in common, as two calls of one client: the first waits for them all.
  void begin(Arm& arm) {
    if (std::any_of(arms_.data(), &arm, [&](const Arm& before) { return before.fd == arm.fd; }))
      return leave();
    Result<void> waits = reactor().await_readable(arm.fd, arm);
    if (waits) return;
    failure_ = std::move(waits).error();
    leave();
    call_off(false);
  }

  void woken(Reactor::Woken why) {
    if (why == Reactor::Woken::stopping)
      stopping_.store(true, std::memory_order_relaxed);  // pairs with the load in settled(), by is_last()
    call_off(false);
    if (is_last() && (settled() || !arm())) coroutine_.resume();
  }

  /// The first to say it calls off all that still wait. From outside the reactor's threads one of them is woken instead,
  /// to go on there.
  void call_off(bool from_outside) {
    if (called_off_.exchange(true, std::memory_order_seq_cst)) return;  // pairs with the load in arm()
    cancel_all(from_outside);
  }
  void cancel_all(bool wake_one) {
    for (auto& arm : arms_) {
      if (!reactor().cancel(arm.fd, arm)) continue;
      if (std::exchange(wake_one, false)) {
        reactor().post(arm);
      } else {
        leave();
      }
    }
  }

  void leave() noexcept { outstanding_.fetch_sub(1, std::memory_order_acq_rel); }  // pairs with is_last()'s
  /// Leaves; whoever is the last sees what all the others did: acq_rel pairs with every other's.
  bool is_last() noexcept { return outstanding_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

  /// Whether it has come to an end.
  bool settled() {
    if (failure_) return !fail(*std::move(failure_));
    // pairs with the store in woken(), by is_last()
    if (stopping_.load(std::memory_order_relaxed) || surroundings_->stop.stop_requested())
      return !fail(Error{Errc::cancelled, "waiting has ended: the program was asked to stop"});
    return poll(std::index_sequence_for<Sources...>{});
  }

  /// Takes from the first source that has something.
  template <std::size_t... Is>
  bool poll(std::index_sequence<Is...> /*all*/) {
    return (take<Is>() || ...);
  }
  template <std::size_t I>
  bool take() {
    auto value = std::get<I>(sources_).poll();
    if (!value) return false;
    if constexpr (count == 1) {
      outcome_.emplace(*std::move(value));
    } else {
      outcome_.emplace(std::in_place_index<I>, *std::move(value));
    }
    return true;
  }

  bool fail(Error error) {
    if constexpr (count == 1) {
      outcome_.emplace(std::move(error));
    } else {
      outcome_.emplace(std::in_place_index<0>, std::move(error));
    }
    return false;
  }

  std::tuple<Sources...> sources_;
  std::array<Arm, count> arms_{};
  std::coroutine_handle<> coroutine_;
  const Surroundings* surroundings_ = nullptr;
  std::atomic<std::size_t> outstanding_{0};
  std::atomic<bool> called_off_{false};
  std::atomic<bool> stopping_{false};
  std::optional<Error> failure_;
  std::optional<Outcome> outcome_;
  std::optional<std::stop_callback<Stop>> stop_;
};

}  // namespace run

/// Waits for the first of several, `when_any(subscriber.next(), timer.next())`, and takes from that one alone: from the
/// one that stands first, if several have something. Answers a variant whose index() says which it was; asked to stop,
/// Errc::cancelled in the first place.
template <class... Sources>
auto when_any(run::Awaiting<Sources>... each) {
  return run::Awaiting<Sources...>(std::get<0>(std::move(each.sources()))...);
}

}  // namespace weft
