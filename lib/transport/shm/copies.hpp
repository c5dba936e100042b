// Copies: memory for short frames that a reader copies out of the ring, used again once they are dropped.
//
// Threads   room() and lend() by the reader's; a Lent one may be dropped on any.
// Lifetime  What is lent outlives it.
// Limits    Keeps as many blocks as frames were kept at once, up to `most`.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "transport/shm/ring_writer.hpp"

namespace weft::transport::shm {

class Copies final {
  enum class State : std::uint8_t { free, lent, orphaned };
  struct Block {
    std::atomic<State> state{State::free};
    alignas(8) std::array<std::byte, RingWriter::longest> bytes;
  };

 public:
  static constexpr std::size_t most = 64;

  /// A frame's memory.
  class Lent final {
   public:
    explicit Lent(Block* block) noexcept : block_(block) {}
    Lent(Lent&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    Lent& operator=(Lent&&) = delete;
    ~Lent() {
      if (block_ == nullptr) return;
      // acq_rel pairs with the reader's looks, so that it writes what was read to the end, and with ~Copies()
      if (block_->state.exchange(State::free, std::memory_order_acq_rel) == State::orphaned) delete block_;
    }

   private:
    Block* block_;
  };

  Copies() = default;
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;
  ~Copies() {
    if (!is_kept()) delete next_;
    for (auto* block : blocks_)
      if (block->state.exchange(State::orphaned, std::memory_order_acq_rel) ==
          State::free)  // pairs with ~Lent()
        delete block;
  }

  /// Where the next frame is to be copied to. The same until lend().
  std::span<std::byte> room() {
    if (next_ == nullptr) next_ = find();
    return next_->bytes;
  }
  /// REQUIRES: room() since the last.
  Lent lend() noexcept {
    const auto state = is_kept() ? State::lent : State::orphaned;  // nobody keeps it: who drops it frees it
    next_->state.store(state, std::memory_order_relaxed);          // pairs with nothing: nobody else has it
    return Lent(std::exchange(next_, nullptr));
  }

 private:
  [[nodiscard]] bool is_kept() const noexcept { return next_ == nullptr || next_is_kept_; }
  Block* find() {
    next_is_kept_ = true;
    for (auto* block : blocks_)
      if (block->state.load(std::memory_order_acquire) == State::free) return block;  // pairs with ~Lent()
    auto block = std::make_unique<Block>();
    next_is_kept_ = blocks_.size() < most;
    if (next_is_kept_) blocks_.push_back(block.get());
    return block.release();
  }

  std::vector<Block*> blocks_;
  Block* next_ = nullptr;
  bool next_is_kept_ = true;
};

}  // namespace weft::transport::shm
