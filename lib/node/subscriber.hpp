// Subscriber<T>: receives the messages of one topic.
//
//     auto subscriber = node.subscriber(imu).value();  // finds its publishers by itself
//     auto sample = subscriber.receive(1s).value();
//     use(sample->accel, sample.header().stamp);
//
// Threads   One at a time; may move between threads. counters() from any.
// Lifetime  Keeps its Context alive. Samples may outlive it.
// Caveats   Messages whose type cannot be read are counted (DropCause::undecodable), not handed out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "node/counters.hpp"
#include "node/sample.hpp"
#include "node/subscriber_port.hpp"
#include "run/awaiting.hpp"
#include "type/topic.hpp"

namespace weft {

template <Message T>
class Subscriber final {
 public:
  /// Goes to a publisher that binds `uri`, now or whenever it comes, and again when it comes back. Several
  /// are allowed. From then on it is joined to those alone: discovery finds nobody more for it. Errors:
  /// invalid_argument, unsupported.
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }

  /// Waits for publishers at `uri`, as Publisher::bind does for subscribers.
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }

  /// The next message, waiting for it. Errors: timeout, which says why a publisher that is there is not linked.
  Result<Sample<T>> receive(Deadline deadline) {
    Result<Sample<T>> sample = Error{};  // made where it is returned: a sample is not small
    while (!take(sample)) {
      if (auto waited = port_->wait(deadline); !waited) {
        sample = std::move(waited).error();
        break;
      }
    }
    return sample;
  }

  /// The next message if one is there. Never blocks.
  std::optional<Sample<T>> try_receive() {
    std::optional<Sample<T>> sample;
    if (!take(sample)) sample.reset();
    return sample;
  }

  /// Has `visit` look at every message that is there, at most `most`, each where it lies: `visit(const Sample<T>&)`, good for
  /// that call. For many short messages: nothing is kept, and so nothing costs what keeping does. Answers how many it were;
  /// fewer than `most`: no more are there. Never blocks. REQUIRES: `visit` leaves this Subscriber alone; it may throw.
  template <class Visit>
  std::size_t receive_each(Visit visit, std::size_t most = 1000) {
    std::size_t seen = 0;
    while (seen < most) {
      auto* incoming = port_->take();
      if (incoming == nullptr) break;
      Seen frame(*port_);
      Sample<T> sample(incoming->view.header);
      do {
        const bool readable = sample.look_at(*incoming).has_value();
        ++(readable ? frame.readable : frame.unreadable);
        if (!readable) continue;
        ++seen;
        visit(std::as_const(sample));
      } while (seen < most && incoming->left != 0 && incoming->next());
    }
    return seen;
  }

  /// For coroutines: `co_await subscriber.next()` answers a Result<Sample<T>>. The Subscriber outlives the waiting. Errors:
  /// cancelled (asked to stop), resource_exhausted.
  auto next() noexcept { return run::Awaiting<Next>({this}); }

  /// Waits until n publishers are matched: what they send after it is received, or it is counted. Messages that
  /// arrive meanwhile are kept, as many as the topic's depth for each publisher; beyond that best effort drops
  /// the oldest. Errors: incompatible, with every difference by field, at once if a publisher is linked that does not
  /// fit; resource_exhausted, if so many reliable messages wait: receive them, then wait again; at the deadline timeout,
  /// or why a publisher that discovery knows is not linked, as Publisher::wait_matched.
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }

  /// Publishers matched now.
  [[nodiscard]] std::uint32_t matched() { return port_->matched(); }

  /// What happened to a peer: it was matched or unmatched, or does not fit, and why; the oldest first. Nothing if there
  /// is no more; of events that nobody asks for the last 256 are kept. Never blocks; waits and fd() are woken.
  std::optional<PeerEvent> next_event() { return port_->next_event(); }

  /// What each link has carried and lost so far: sent = delivered + Σ dropped.
  [[nodiscard]] Counters counters() const { return port_->counters(); }

  /// A descriptor for poll and epoll (POLLIN), level-triggered: readable while a message may be there, until
  /// try_receive() has answered nothing. The Subscriber's own. Errors: resource_exhausted.
  Result<int> fd() { return port_->fd(); }

  /// For Node: takes over a port of type T.
  explicit Subscriber(std::unique_ptr<node::SubscriberPort> port) noexcept : port_(std::move(port)) {}

 private:
  /// Makes a sample in `place`, a Result or an optional of one, if there is a message.
  template <class Place>
  bool take(Place& place) {
    while (auto* incoming = port_->take()) {
      const bool readable = place.emplace(incoming->view.header).read(*incoming).has_value();
      port_->settle(readable);
      if (readable) return true;
    }
    return false;
  }

  /// The messages of one frame that were looked at; settled in the end, also if a visitor throws.
  struct Seen {
    node::SubscriberPort& port;
    std::uint32_t readable = 0;
    std::uint32_t unreadable = 0;
    explicit Seen(node::SubscriberPort& one) noexcept : port(one) {}
    Seen(const Seen&) = delete;
    Seen& operator=(const Seen&) = delete;
    ~Seen() { port.settle(readable, unreadable); }
  };

  struct Next {
    Subscriber* subscriber;
    Result<int> fd() const { return subscriber->fd(); }
    std::optional<Result<Sample<T>>> poll() const {
      std::optional<Result<Sample<T>>> sample(Error{});
      if (!subscriber->take(*sample)) sample.reset();
      return sample;
    }
  };

  std::unique_ptr<node::SubscriberPort> port_;
};

}  // namespace weft
