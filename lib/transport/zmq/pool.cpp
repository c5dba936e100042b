#include "transport/zmq/pool.hpp"

#include <bit>
#include <cstdlib>
#include <new>

namespace weft::transport::zeromq {

struct Pool::Home {
  std::atomic<Block*> returned{nullptr};  // the newest of those that came back, or closed()
  std::atomic<std::int64_t> missing{0};   // once closed: those that are still to come back

  /// The list's head after the Pool has gone: no block is there.
  Block* closed() noexcept { return reinterpret_cast<Block*>(this); }
};

Pool::Pool(std::size_t most, std::size_t shortest) : most_(most), shortest_(shortest), home_(new Home) {}

Pool::~Pool() {
  const auto release = [this](Block* block) {
    while (block != nullptr) {
      auto* next = block->next;
      std::free(block);
      --made_;
      block = next;
    }
  };
  release(free_);
  release(home_->returned.exchange(home_->closed(), std::memory_order_acq_rel));  // pairs with give_back()
  // acq_rel: pairs with give_back(), the last of the two frees it
  if (home_->missing.fetch_add(made_, std::memory_order_acq_rel) + made_ == 0) delete home_;
}

/// A block that fits: of those that have come back, or a new one in place of one that does not.
Pool::Block* Pool::find(std::size_t bytes) noexcept {
  if (free_ == nullptr)
    free_ = home_->returned.exchange(nullptr, std::memory_order_acquire);  // pairs with give_back()
  if (auto* block = free_; block != nullptr) {
    free_ = block->next;
    if (fits(*block, bytes)) return block;
    std::free(block);
    --made_;
  }
  const auto capacity = bytes <= shortest_ ? shortest_ : std::bit_ceil(bytes);
  auto* memory = std::malloc(sizeof(Block) + capacity);
  if (memory == nullptr) return nullptr;
  ++made_;
  return ::new (memory) Block{nullptr, home_, capacity, false};
}

void Pool::give_back(void* /*data*/, void* given) noexcept {
  auto* block = static_cast<Block*>(given);
  [[maybe_unused]] const bool lent = block->lent.load(std::memory_order_acquire);  // pairs with make()
  auto& home = *block->home;
  auto* newest = home.returned.load(std::memory_order_acquire);  // pairs with ~Pool()
  while (newest != home.closed()) {
    block->next = newest;
    // release: pairs with find() and ~Pool(), which take the list over
    if (home.returned.compare_exchange_weak(newest, block, std::memory_order_acq_rel)) return;
  }
  std::free(block);
  if (home.missing.fetch_sub(1, std::memory_order_acq_rel) == 1) delete &home;  // pairs with ~Pool()
}

}  // namespace weft::transport::zeromq
