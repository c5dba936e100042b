// Item<T>: one item of a queue, in the hands of a worker.
//
// What      The item is the worker's until it says what came of it: done(), and it is not given out any more; refuse(), and
//           it is tried again. An Item that is dropped without a word, by an exception for example, is refused.
// Threads   Its Worker's.
// Lifetime  The Worker outlives its Items.
#pragma once

#include <cstdint>

#include "node/held.hpp"
#include "node/sample.hpp"

namespace weft {

template <Message T>
class Item final {
 public:
  [[nodiscard]] const T& operator*() const noexcept { return *sample_; }
  [[nodiscard]] const T* operator->() const noexcept { return &*sample_; }
  /// Who pushed it, and when. (source, sequence) is the same at each attempt, and no other item's: by that a worker knows
  /// what it has done already.
  [[nodiscard]] const wire::Header& header() const noexcept { return sample_.header(); }
  /// How often it has been given to a worker, this time included.
  [[nodiscard]] std::uint32_t attempt() const noexcept { return header().attempt; }

  /// It is done. What is said later counts no more.
  void done() { held_.done(); }
  /// It could not be done: it is tried again after `delay`, from 0 to a day, here or elsewhere; until it has failed as
  /// often as the queue's Qos allows.
  void refuse(Duration delay = Duration::zero()) { held_.refuse(delay); }

  /// For Worker: an item that is still to be read.
  Item(node::WorkerPort& port, const node::Ticket& ticket, const wire::Header& header) noexcept
      : sample_(header), held_(port, ticket) {}
  /// For Worker. Errors: as Sample::read.
  Result<void> read(node::Incoming& incoming) { return sample_.read(incoming); }

 private:
  Sample<T> sample_;
  node::Held held_;
};

}  // namespace weft
