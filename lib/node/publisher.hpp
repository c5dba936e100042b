// Publisher<T>: sends messages of one topic to everybody who listens.
//
//     auto publisher = node.publisher(imu).value();  // found by its subscribers
//     publisher.send({.accel = {0, 0, 9.81}}).value();
//
// Threads   One at a time; may move between threads. counters() from any.
// Lifetime  Keeps its Context alive. Dropping it removes its sockets; what it sent goes on its way for at most a second
//           more, for which the Context waits when it is dropped: who ends by _exit() drops the Context first.
// Caveats   Best effort (the default): what a slow subscriber's link cannot hold is dropped and counted
//           there. Reliable: send() waits for the slowest subscriber, but for none longer than the topic's
//           `stall`.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "node/counters.hpp"
#include "node/publisher_port.hpp"
#include "type/topic.hpp"

namespace weft {

/// A message to be filled in and sent without a copy, where a transport allows that.
template <Message T>
class LoanedMessage final {
 public:
  T& operator*() noexcept { return *memory_; }
  T* operator->() noexcept { return memory_; }

 private:
  template <Message>
  friend class Publisher;
  explicit LoanedMessage(node::Placed placed)
      : memory_(::new(placed.memory()) T()), placed_(std::move(placed)) {}
  explicit LoanedMessage(std::shared_ptr<node::SharedMessageOf<T>> shared)
      : memory_(&shared->value), shared_(std::move(shared)) {}

  T* memory_;
  node::Placed placed_;                               // memory_ is in a transport's memory, or
  std::shared_ptr<node::SharedMessageOf<T>> shared_;  // in this
};

template <Message T>
class Publisher final {
 public:
  /// Waits for subscribers at `uri` ("ipc://name", "ipc:///path", "tcp://host:port", "inproc://name");
  /// answers with the URI to connect to (tcp port 0: the port chosen). Several are allowed, and beside them it is
  /// found by discovery as before. Errors:
  /// invalid_argument, in_use, permission_denied, too_big.
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }

  /// Goes to a subscriber that binds `uri`, now or whenever it comes. Errors: invalid_argument, unsupported.
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }

  /// Sends one message. Best effort never waits, and drops rather. Reliable waits until every subscriber's
  /// link has room: at most until `deadline`, then Errc::timeout and nobody gets it. With nobody listening
  /// nothing is encoded. Other errors: too_big, resource_exhausted.
  Result<void> send(const T& message, Deadline deadline = Deadline::none()) {
    return port_->send({node::type_support<T>, &message}, deadline);
  }

  /// Sends many messages, in their order, for little more than the price of a few: over shared memory and within
  /// this Context they travel together, in frames of up to about 16 KiB and half of the least `depth`. Waits like send(). Answers how many were sent: all, or the
  /// first that there was time or memory for. Errors: as send(), if not even one was.
  Result<std::size_t> send_batch(std::span<const T> messages, Deadline deadline = Deadline::none()) {
    return port_->send_all({node::type_support<T>, messages.data(), nullptr, 1, sizeof(T)}, messages.size(),
                           deadline);
  }

  /// A default-initialised message to fill in and send(); in the transport's own memory where T is flat and
  /// the transport keeps alignment, an object to be shared otherwise. Waits like send(). Dropping it is free.
  Result<LoanedMessage<T>> loan(Deadline deadline = Deadline::none());

  /// Sends a loan of this publisher, as send() would.
  Result<void> send(LoanedMessage<T> loan, Deadline deadline = Deadline::none());

  /// Waits until n subscribers are matched: what is sent after it they receive, or it is counted. Errors: incompatible,
  /// with the difference, at once if a subscriber is linked that does not fit; at the deadline timeout, or why one that
  /// discovery knows is not linked (incompatible, or the transport's error), or others do not find this publisher
  /// (resource_exhausted).
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }

  /// Subscribers matched now. Listeners that are not weft count as one, however many they are.
  [[nodiscard]] std::uint32_t matched() { return port_->matched(); }

  /// What happened to a peer: it was matched or unmatched, or does not fit, and why; the oldest first. Nothing if there
  /// is no more; of events that nobody asks for the last 256 are kept. Never blocks; waits are woken.
  std::optional<PeerEvent> next_event() { return port_->next_event(); }

  /// What each link has carried so far.
  [[nodiscard]] Counters counters() const { return port_->counters(); }

  /// For Node: takes over a port of type T.
  explicit Publisher(std::unique_ptr<node::PublisherPort> port) noexcept : port_(std::move(port)) {}

 private:
  std::unique_ptr<node::PublisherPort> port_;
};

template <Message T>
Result<LoanedMessage<T>> Publisher<T>::loan(Deadline deadline) {
  if constexpr (Flat<T>) {
    WEFT_TRY(auto placed, port_->place(node::type_support<T>, deadline));
    if (placed.end != nullptr) return LoanedMessage<T>(std::move(placed));
  }
  return LoanedMessage<T>(std::make_shared<node::SharedMessageOf<T>>(node::type_support<T>));
}

template <Message T>
Result<void> Publisher<T>::send(LoanedMessage<T> loan, Deadline deadline) {
  node::Outgoing outgoing{node::type_support<T>, loan.memory_};
  if (loan.placed_.end != nullptr) return port_->send(std::move(loan.placed_), outgoing, deadline);
  outgoing.object = std::move(loan.shared_);
  return port_->send(outgoing, deadline);
}

}  // namespace weft
