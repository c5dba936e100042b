// Count: how often something happened, said by one thread and read by any.
//
// Threads   add() one at a time; read() any.
// Order     Who reads a part and then the whole that it was counted into before finds the whole no smaller: so the parts are
//           read first.
#pragma once

#include <atomic>
#include <cstdint>

namespace weft::node {

class Count final {
 public:
  /// No locked instruction.
  void add(std::uint64_t n = 1) noexcept {
    const auto before = value_.load(std::memory_order_relaxed);  // pairs with nothing: the one writer's own
    value_.store(before + n,
                 std::memory_order_release);  // pairs with read(): what was counted before is seen
  }
  [[nodiscard]] std::uint64_t read() const noexcept {
    return value_.load(std::memory_order_acquire);  // pairs with the store in add()
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace weft::node
