// Pool: memory for the short messages of one publisher, given back by libzmq's own thread.
//
// What      A message that is made here is freed on libzmq's thread while this one makes the next: with malloc
//           both meet at the lock of one arena, in every second message (docs/decisions/0005-message-pool.md).
//           Here the other thread puts the block on a list that this one takes over as a whole.
// Threads   make() by one at a time; blocks come back on any.
// Lifetime  Messages outlive their Pool.
// Limits    Keeps as many blocks as were under way at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "transport/zmq/message.hpp"

namespace weft::transport::zeromq {

class Pool final {
 public:
  /// Bytes of the longest message of one frame that is made of blocks: copying a longer one costs more than malloc.
  static constexpr std::size_t longest = 4096;

  /// Messages beyond so many bytes are not made of blocks, and no block is shorter than `shortest`.
  explicit Pool(std::size_t most = longest, std::size_t shortest = 0);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  /// `message` becomes one of so many bytes, uninitialised; nothing where there is no memory.
  void make(Message& message, std::size_t bytes) noexcept {
    if (bytes > most_) return message.make(bytes);
    if (auto* block = take(bytes); block != nullptr) [[likely]] {
      // pairs with give_back(): libzmq orders the two as well, but no tool can see that
      block->lent.store(true, std::memory_order_release);
      message.make(block + 1, bytes, &give_back, block);
    } else {
      message.drop();
    }
  }

 private:
  /// Where blocks come back to; freed by the Pool, or by the last block if that comes later.
  struct Home;
  /// Before the bytes of each message.
  struct alignas(std::max_align_t) Block {
    Block* next;
    Home* home;
    std::size_t capacity;
    std::atomic<bool> lent;
  };

  Block* take(std::size_t bytes) noexcept {
    auto* block = free_;
    if (block != nullptr && fits(*block, bytes)) [[likely]] {
      free_ = block->next;
      __builtin_prefetch(free_, 1);  // the next message's: the other thread's processor has it
      return block;
    }
    return find(bytes);
  }
  [[nodiscard]] bool fits(const Block& block, std::size_t bytes) const noexcept {
    return bytes <= block.capacity && block.capacity <= std::max(4 * bytes, shortest_);
  }
  Block* find(std::size_t bytes) noexcept;
  static void give_back(void* data, void* block) noexcept;

  const std::size_t most_;
  const std::size_t shortest_;
  Home* const home_;
  Block* free_ = nullptr;
  std::int64_t made_ = 0;  // blocks that are not freed yet
};

}  // namespace weft::transport::zeromq
