// Worker<T>: does the items of one queue.
//
//     auto worker = node.worker(resize).value();  // found by its producers
//     worker.run([](const Image& image) { save(scaled(image)); }, stop_token).value();
//
// or, an item at a time:
//
//     auto item = worker.receive(1s).value();
//     save(scaled(*item));
//     item.done();
//
// What      A producer gives a worker so many items in advance as it does in some ten milliseconds, at least two. What a
//           worker had and did not finish is given to another: at once when it dies, closes or refuses it.
// Threads   One at a time; may move between threads. For several items at a time make several Workers.
// Lifetime  Keeps its Context alive, and outlives its Items.
// Caveats   At least once, not exactly once: what was done and not acknowledged when the worker died is done again.
//           Item::header() tells that it is the same.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "node/item.hpp"
#include "run/awaiting.hpp"
#include "type/topic.hpp"

namespace weft {

/// What does an item: answers nothing, or a Result<void>, whose error refuses the item.
template <class F, class T>
concept ItemHandler =
    std::is_invocable_r_v<Result<void>, F&, const T&> || std::is_invocable_r_v<void, F&, const T&>;

template <Message T>
class Worker final {
 public:
  /// Waits for producers at `uri`, as Publisher::bind does for subscribers.
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }

  /// The next item, waiting for it. Errors: timeout.
  Result<Item<T>> receive(Deadline deadline) {
    Result<Item<T>> item = Error{};  // made where it is returned: an item is not small
    while (!take(item)) {
      if (auto waited = port_->wait(deadline); !waited) {
        item = std::move(waited).error();
        break;
      }
    }
    return item;
  }

  /// The next item if one is there. Never blocks. What cannot be read is refused.
  std::optional<Item<T>> try_receive() {
    std::optional<Item<T>> item;
    if (!take(item)) item.reset();
    return item;
  }

  /// For coroutines: `co_await worker.next()` answers a Result<Item<T>>. The Worker outlives the waiting. Errors: cancelled
  /// (asked to stop), resource_exhausted.
  auto next() noexcept { return run::Awaiting<Next>({this}); }

  /// Does one item if one is there: whether it was. It is done when `handler` returns, and refused if that answers an
  /// error or throws; what it throws passes through. Never waits for one.
  template <ItemHandler<T> F>
  bool try_work(F&& handler) {
    auto item = try_receive();
    if (!item) return false;
    if constexpr (std::is_void_v<std::invoke_result_t<F&, const T&>>) {
      handler(**item);
      item->done();
    } else {
      const Result<void> did = handler(**item);
      if (did) item->done();
    }
    return true;
  }

  /// Does items until `stop` is requested; the item at hand is finished first. What `handler` throws refuses its item and
  /// ends this, too, since it passes through: one that is to go on answers an error instead.
  template <ItemHandler<T> F>
  Result<void> run(F handler, const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { port_->wake(); });
    while (!stop.stop_requested()) {
      if (try_work(handler)) continue;
      if (stop.stop_requested()) break;  // again: try_work() may have forgotten its wake-up
      WEFT_CHECK(port_->wait(Deadline::none()));
    }
    return {};
  }

  /// What happened to a producer: it was matched or unmatched, or does not fit, and why; the oldest first. Nothing if there
  /// is no more; of events that nobody asks for the last 256 are kept. Never blocks; waits and fd() are woken. Links
  /// change while items are taken.
  std::optional<PeerEvent> next_event() { return port_->next_event(); }

  /// A descriptor for poll and epoll (POLLIN), level-triggered: readable while an item may be there, until try_receive()
  /// has answered nothing. The Worker's own. Errors: resource_exhausted.
  Result<int> fd() { return port_->fd(); }

  /// For Node: takes over a port of type T.
  explicit Worker(std::unique_ptr<node::WorkerPort> port) noexcept : port_(std::move(port)) {}

 private:
  struct Next {
    Worker* worker;
    Result<int> fd() const { return worker->fd(); }
    std::optional<Result<Item<T>>> poll() const {
      auto item = worker->try_receive();
      if (!item) return std::nullopt;
      return std::optional<Result<Item<T>>>(*std::move(item));
    }
  };

  /// Makes the next item in `item`, an optional or a Result; false if there is none, and then it holds anything.
  template <class Place>
  bool take(Place& item) {
    while (auto* job = port_->take()) {
      item.emplace(*port_, job->ticket, job->incoming.view.header);
      if (item->read(job->incoming)) return true;
      job->incoming.links->stray();
      item->refuse();
    }
    return false;
  }

  std::unique_ptr<node::WorkerPort> port_;
};

}  // namespace weft
