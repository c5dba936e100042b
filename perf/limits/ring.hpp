// A bare broadcast ring in shared memory: one writer, several readers, each of which gets every message. Nothing but a
// sequence and gating by the slowest reader, as a limit for what does more; nobody sleeps, who waits spins and yields.
//
//   control, a cache line each                       slots, of slot_words words each
//   0         64         128           64 * 17       +--------+--------+-------+------------+
//   +---------+----------+----   ----+----------+    | slot 0 | slot 1 |  ...  | slots - 1  |
//   | written | cursor 0 |    ...    | cursor 15|    +--------+--------+-------+------------+
//   +---------+----------+----   ----+----------+    message n lies in slot n modulo slots
//
// 1 written counts the messages that are whole; the writer alone writes it. Message n is read only once written > n.
// 2 cursor i counts the messages that reader i needs no more; it alone writes it.
// 3 The writer touches message n's slot only once every cursor > n - slots: nobody reads what it overwrites.
// 4 So each reader gets every message, whole, once, and in order; a reader that is late, or has not begun, is waited for.
//
// Threads   The writer is one thread or process, and so is each reader; they are made before, of the same Ring.
// Lifetime  A writer or reader is not used longer than the Ring.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "limits/shared.hpp"
#include "limits/spin.hpp"

namespace weft::perf::limits {

inline constexpr std::size_t most_readers = 16;

struct alignas(64) Count {
  std::atomic<std::uint64_t> value;
};
struct RingControl {
  Count written;
  std::array<Count, most_readers> cursors;
};
static_assert(sizeof(Count) == 64 && std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(offsetof(RingControl, written) == 0 && offsetof(RingControl, cursors) == 64);
static_assert(sizeof(RingControl) == 64 * (1 + most_readers));

/// What a message or a slot consists of: words, so that a message of any size can be filled and checked fast.
using Words = std::span<std::uint64_t>;

class Ring final {
 public:
  struct Shape {
    std::size_t readers = 1;  ///< 1 to most_readers.
    std::size_t slots = 2;    ///< A power of two.
    std::size_t slot_words = 8;
  };
  /// Errors: resource_exhausted.
  static Result<Ring> create(const Shape& shape) {
    WEFT_TRY(auto control, Shared<RingControl>::create(1));
    WEFT_TRY(auto words, Shared<std::uint64_t>::create(shape.slots * shape.slot_words));
    return Ring(shape, std::move(control), std::move(words));
  }

  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  [[nodiscard]] Count& written() const noexcept { return control_[0].written; }
  [[nodiscard]] std::span<Count> cursors() const noexcept {
    return std::span(control_[0].cursors).first(shape_.readers);
  }
  [[nodiscard]] Words slot(std::uint64_t message) const noexcept {
    return {words_.data() + (message & (shape_.slots - 1)) * shape_.slot_words, shape_.slot_words};
  }

 private:
  Ring(const Shape& shape, Shared<RingControl> control, Shared<std::uint64_t> words) noexcept
      : shape_(shape), control_(std::move(control)), words_(std::move(words)) {}
  Shape shape_;
  Shared<RingControl> control_;
  Shared<std::uint64_t> words_;
};

/// How often a side looks before it yields: about what a yield costs.
inline constexpr unsigned ring_looks = 100;

class RingWriter final {
 public:
  explicit RingWriter(const Ring& ring) noexcept : ring_(ring) {}

  /// The next message's slot, to be filled; waits until every reader has left it.
  Words claim() {
    wait_for(next_ + 1 > ring_.shape().slots ? next_ + 1 - ring_.shape().slots : 0);
    return ring_.slot(next_);
  }
  /// Gives it to the readers.
  void publish() {
    ring_.written().value.store(++next_, std::memory_order_release);  // pairs with RingReader::next()
  }
  /// Waits until every reader has done with all.
  void drain() { wait_for(next_); }

 private:
  /// Until every cursor has reached `count`. Looks at them only where the slowest, as it was last seen, has not.
  void wait_for(std::uint64_t count) {
    if (slowest_ >= count) return;
    spin_until(ring_looks, [&] {
      slowest_ = next_;
      for (const auto& cursor : ring_.cursors())
        slowest_ = std::min(
            slowest_, cursor.value.load(std::memory_order_acquire));  // pairs with RingReader::release()
      return slowest_ >= count;
    });
  }

  const Ring& ring_;
  std::uint64_t next_ = 0;
  std::uint64_t slowest_ = 0;
};

class RingReader final {
 public:
  /// `index` is its own, below the shape's readers.
  RingReader(const Ring& ring, std::size_t index) noexcept : ring_(ring), cursor_(ring.cursors()[index]) {}

  /// The next message, once it is there; stays until release().
  Words next() {
    if (next_ == written_) {
      spin_until(ring_looks, [&] {
        written_ = ring_.written().value.load(std::memory_order_acquire);  // pairs with RingWriter::publish()
        return next_ != written_;
      });
    }
    return ring_.slot(next_);
  }
  /// Leaves its slot to the writer.
  void release() {
    cursor_.value.store(++next_, std::memory_order_release);  // pairs with RingWriter::wait_for()
  }

 private:
  const Ring& ring_;
  Count& cursor_;
  std::uint64_t next_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace weft::perf::limits
