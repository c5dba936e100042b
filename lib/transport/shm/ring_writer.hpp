// RingWriter: the one who writes a ring of records (layout.hpp).
//
// 1 `written` is behind a record only once that is whole: who finds it there may read the record, and need not look at
//   `written` again before he has read all up to it.
// 2 Before a byte of an old record is overwritten, `reclaimed` is beyond that record. So who has copied a record, and then
//   finds that `reclaimed` is not beyond it, has copied it whole.
// 3 `reclaimed` moves from sixteenth to sixteenth of the ring, so that readers who look at it find it in their cache, and
//   always to a position at which a record begins.
// 4 There is always room for the record that says that the ring goes on elsewhere. An old ring is not written any more.
// 5 Nothing here waits, or looks at readers: who writes makes sure first that whoever must not miss anything has
//   passed must_pass().
//
// Threads   The writer's.
// Lifetime  The memory outlives it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "transport/shm/layout.hpp"
#include "transport/shm/step.hpp"
#include "transport/shm/words.hpp"

namespace weft::transport::shm {

class RingWriter final {
 public:
  /// The longest payload of a record: a sixteenth of the shortest ring holds some of them.
  static constexpr std::size_t longest = 1024 - sizeof(std::uint64_t);

  /// A ring of `capacity` bytes, a power of two from first_ring_bytes on, all zeros, that begins at `position`.
  RingWriter(Head& head, std::byte* ring, std::size_t capacity, std::uint64_t position) noexcept
      : head_(&head),
        ring_(ring),
        mask_(capacity - 1),
        segment_(capacity / segments),
        base_(position),
        next_(position),
        claimed_(position / segment_ * segment_ + segment_),
        marked_(position / segment_) {
    marks_[marked_ % segments] = position;
  }

  /// Where the next record goes.
  [[nodiscard]] std::uint64_t position() const noexcept { return next_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }
  /// Bytes that a record takes.
  static constexpr std::size_t record_bytes(std::size_t payload) noexcept {
    return (sizeof(std::uint64_t) + payload + line_bytes - 1) / line_bytes * line_bytes;
  }

  /// The position that everybody must have passed whom the next record of that size is not to take anything from.
  /// REQUIRES: payload <= longest, here and below.
  [[nodiscard]] std::uint64_t must_pass(std::size_t payload) const noexcept {
    const auto end = end_of(payload);
    return end <= claimed_ ? 0 : oldest_after(claim_for(end));
  }

  /// Where the next record goes once the ring has moved.
  [[nodiscard]] std::uint64_t moved_position() const noexcept { return next_ + line_bytes; }
  /// Goes on in another, longer ring, all zeros, which is in that region.
  void move_to(std::byte* ring, std::size_t capacity, std::uint32_t region) noexcept {
    mark();
    head_->ring.store(region, std::memory_order_release);  // pairs with RingReader::ring()
    reach(Step::ring_named);
    commit({Kind::moved}, line_bytes);
    *this = RingWriter(*head_, ring, capacity, next_);
  }
  /// Writes a record of a frame, of which there have been `number` before.
  void write(Kind kind, BytesView payload, std::uint64_t number) noexcept {
    claim(end_of(payload.size()));
    const auto size = record_bytes(payload.size());
    if (left_in_lap() < size) fill_lap();
    mark();
    auto* at = place(next_);
    store_words(at + sizeof(std::uint64_t), payload);
    reach(Step::record_copied);
    commit({kind, std::uint16_t(payload.size()), number % Word::numbers}, size);
  }

 private:
  static constexpr std::size_t segments = 16;

  [[nodiscard]] std::byte* place(std::uint64_t position) const noexcept { return ring_ + (position & mask_); }
  [[nodiscard]] std::size_t left_in_lap() const noexcept { return capacity() - (next_ & mask_); }

  /// Behind the next record, and one that says that the ring goes on elsewhere.
  [[nodiscard]] std::uint64_t end_of(std::size_t payload) const noexcept {
    const auto size = record_bytes(payload);
    const auto left = left_in_lap();
    return next_ + (left < size ? left : 0) + size + line_bytes;
  }
  [[nodiscard]] std::uint64_t claim_for(std::uint64_t end) const noexcept {
    return (end + segment_ - 1) / segment_ * segment_;
  }
  /// The first record that is left once everything before `claim` may be written; 0: nothing is lost.
  [[nodiscard]] std::uint64_t oldest_after(std::uint64_t claim) const noexcept {
    if (claim <= base_ + capacity()) return 0;
    return marks_[(claim - capacity()) / segment_ % segments];
  }
  void claim(std::uint64_t end) noexcept {
    if (end <= claimed_) [[likely]]
      return;
    claimed_ = claim_for(end);
    // Before what lies there is overwritten, by stores that release: pairs with RingReader's look after its copy.
    if (const auto oldest = oldest_after(claimed_); oldest != 0)
      head_->reclaimed.store(oldest, std::memory_order_release);
    reach(Step::reclaimed);
  }
  /// Notes the first record that begins in a segment.
  void mark() noexcept {
    const auto segment = next_ / segment_;
    if (segment == marked_) [[likely]]
      return;
    marked_ = segment;
    marks_[segment % segments] = next_;
  }
  void fill_lap() noexcept {
    mark();
    const auto left = left_in_lap();
    commit({Kind::filler, std::uint16_t(left - sizeof(std::uint64_t))}, left);
  }
  void commit(const Word& word, std::size_t size) noexcept {
    word_at(place(next_)).store(word.value(), std::memory_order_release);  // pairs with RingReader::next()
    next_ += size;
    reach(Step::record_named);
    // Readers read up to it. A reader that is about to sleep says so, and then looks at `written`; we store that, and then look whether somebody
    // sleeps. All four are seq_cst, so that one of the two sees the other.
    head_->written.store(next_, std::memory_order_seq_cst);  // pairs with RingReader's next(), is_at_end()
    reach(Step::record_written);
  }

  Head* head_;
  std::byte* ring_;
  std::uint64_t mask_;
  std::uint64_t segment_;
  std::uint64_t base_;
  std::uint64_t next_;
  std::uint64_t claimed_;  // up to here nothing is left of old records
  std::uint64_t marked_;   // the segment in which the last mark is
  std::array<std::uint64_t, segments> marks_{};
};

}  // namespace weft::transport::shm
