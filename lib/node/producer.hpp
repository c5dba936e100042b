// Producer<T>: puts items into a queue, each for one worker.
//
//     auto producer = node.producer(resize).value();  // finds its workers by itself
//     producer.push({.path = "a.png"}, 1s).value();
//     producer.flush(1min).value();  // all is done
//
// What      The queue is in the producers: there is no server between. A reliable queue's item stays here until a worker
//           has acknowledged it, and goes to another worker if one dies or refuses it, after a rest if it says so. An item
//           that failed as often as Qos::attempts allows is dead: it is published on the topic NAME/dead, of the queue's
//           type, and counted. By its worker's death fails the item that was being done, not those that waited there.
//           A best-effort queue's item goes to one worker, and is forgotten.
// Threads   One at a time; may move between threads. counters() from any. What was pushed goes on without the program.
// Lifetime  Keeps its Context alive. Dropping it waits for what is not done, for at most a second.
// Caveats   An item lives as long as its producer's process: a producer that is killed takes along what was not done.
//           At least once: what was done and not acknowledged when its worker died is done again.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "node/producer_port.hpp"
#include "type/topic.hpp"

namespace weft {

template <Message T>
class Producer final {
 public:
  /// Goes to a worker that binds `uri`, now or whenever it comes, and again when it comes back. Several are allowed. From
  /// then on it is joined to those alone: discovery finds nobody more for it. Errors: invalid_argument.
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }

  /// Takes one item: reliable, as soon as fewer than Qos::depth are not done; best effort, as soon as a worker has credit
  /// for it. Errors: timeout, and then it is not taken; invalid_argument (options of a best-effort queue), too_big,
  /// resource_exhausted.
  Result<void> push(const T& item, Deadline deadline = Deadline::none()) { return push(item, {}, deadline); }
  Result<void> push(const T& item, const PushOptions& options, Deadline deadline = Deadline::none()) {
    return port_->push({node::type_support<T>, &item}, options, deadline);
  }

  /// Waits until all that was pushed is done or dead; best effort: taken by a worker. Errors: timeout, with how many are
  /// not.
  Result<void> flush(Deadline deadline) { return port_->flush(deadline); }

  /// Waits until n workers are matched. Errors: incompatible, with every difference by field, at once if a worker is linked
  /// that does not fit; at the deadline timeout, or why a worker that discovery knows is not linked, as
  /// Publisher::wait_matched. A worker takes part whenever it takes something: one of the same thread is not matched
  /// meanwhile.
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }

  /// Workers matched now.
  [[nodiscard]] std::uint32_t matched() { return port_->matched(); }

  /// What happened to a worker: it was matched or unmatched, or does not fit, and why; the oldest first. Nothing if there
  /// is no more; of events that nobody asks for the last 256 are kept. Never blocks.
  std::optional<PeerEvent> next_event() { return port_->next_event(); }

  /// What the items came to so far.
  [[nodiscard]] QueueCounters counters() const noexcept { return port_->counters(); }

  /// For Node: takes over a port of type T.
  explicit Producer(std::unique_ptr<node::ProducerPort> port) noexcept : port_(std::move(port)) {}

 private:
  std::unique_ptr<node::ProducerPort> port_;
};

}  // namespace weft
