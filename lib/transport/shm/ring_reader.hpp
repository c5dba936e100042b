// RingReader: one of those who read a ring of records (layout.hpp), each at its own place. ring_writer.hpp has the invariants.
//
// What      Copies each record out, and then looks whether the writer may have come round to it meanwhile: then it was
//           not copied, and the reader goes on at the oldest record that is left.
// Threads   The reader's.
// Lifetime  The memory outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "transport/shm/layout.hpp"
#include "transport/shm/step.hpp"
#include "transport/shm/words.hpp"

namespace weft::transport::shm {

class RingReader final {
 public:
  /// What next() has found. `lapped`: the writer has come round; what is left begins at position(), perhaps in another
  /// ring. `broken`: what no writer writes, nothing more comes.
  enum class Found : std::uint8_t { nothing, record, lapped, broken };

  /// A record, copied.
  struct Record {
    Word word;
    std::span<std::byte> payload;
  };

  /// A ring whose record at `position` is the first to be read.
  RingReader(const Head& head, const std::byte* ring, std::size_t capacity, std::uint64_t position) noexcept
      : head_(&head), ring_(ring), mask_(capacity - 1), position_(position), written_(position) {}

  /// The record that is read next; those before it are done with.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  /// Whether the writer has written all that was read, and no more. To be asked after one has said that one sleeps.
  [[nodiscard]] bool is_at_end() const noexcept {
    return head_->written.load(std::memory_order_seq_cst) == position_;  // pairs with RingWriter::commit()
  }

  /// Copies the next record into `room`, which is as long as the longest. Fillers are passed over.
  Found next(std::span<std::byte> room, Record& record) noexcept {
    for (;;) {
      if (position_ == written_) {
        written_ = head_->written.load(std::memory_order_acquire);  // pairs with RingWriter::commit()
        if (position_ == written_) return Found::nothing;
      }
      const auto* at = ring_ + (position_ & mask_);
      const auto value = word_at(at).load(std::memory_order_acquire);  // pairs with RingWriter::commit()
      const auto word = Word::of(value);
      const std::size_t bytes = word.bytes;
      const bool copied = word.kind != Kind::filler && bytes <= room.size() && bytes <= left_in_lap();
      if (copied) load_words(at + sizeof value, room.first(bytes));
      reach(Step::record_read);
      if (is_lapped()) [[unlikely]]
        return go_on();
      if (copied) {
        record = {word, room.first(bytes)};
        position_ += (sizeof value + bytes + line_bytes - 1) / line_bytes * line_bytes;
        return Found::record;
      }
      // So short that another one cannot follow it.
      const bool filler = word.kind == Kind::filler && bytes == left_in_lap() && bytes < room.size();
      if (!filler) return Found::broken;
      position_ += sizeof value + bytes;
    }
  }

  /// The region of the newest ring.
  [[nodiscard]] std::uint32_t ring() const noexcept {
    return head_->ring.load(std::memory_order_acquire);  // pairs with RingWriter::move_to()
  }
  /// Goes on in another ring, at the same position.
  void move_to(const std::byte* ring, std::size_t capacity) noexcept {
    ring_ = ring;
    mask_ = capacity - 1;
  }

 private:
  [[nodiscard]] std::size_t left_in_lap() const noexcept {
    return mask_ + 1 - (position_ & mask_) - sizeof(std::uint64_t);
  }
  /// Whether what was just read may have been overwritten.
  [[nodiscard]] bool is_lapped() const noexcept {
    return head_->reclaimed.load(std::memory_order_acquire) > position_;  // pairs with RingWriter::claim()
  }
  Found go_on() noexcept {
    position_ = head_->reclaimed.load(std::memory_order_acquire);  // pairs with RingWriter::claim()
    written_ = position_;                                          // or beyond
    return position_ % line_bytes == 0 ? Found::lapped : Found::broken;
  }

  const Head* head_;
  const std::byte* ring_;
  std::uint64_t mask_;
  std::uint64_t position_;
  std::uint64_t written_;  // as it was seen last: it is looked at only when all before it was read
};

}  // namespace weft::transport::shm
