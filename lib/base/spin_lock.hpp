// SpinLock: a lock for sections of some hundred nanoseconds that two threads rarely want at once.
//
// What      One exchange to take it when nobody else has it, one store to give it back; a waiter gives its
//           processor away after a short spin, so that a holder that lost its own can go on.
// Threads   Any. Not recursive. Meets Lockable, for std::lock_guard and std::unique_lock.
#pragma once

#include <atomic>
#include <thread>

namespace weft {

class SpinLock final {
 public:
  SpinLock() noexcept = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  void lock() noexcept {
    for (int tries = 0; !try_lock(); ++tries) {
      if (tries >= spins) std::this_thread::yield();
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    return !held_.exchange(true, std::memory_order_acquire);  // pairs with unlock()
  }
  void unlock() noexcept {
    held_.store(false, std::memory_order_release);  // pairs with try_lock()
  }

 private:
  static constexpr int spins = 64;
  std::atomic<bool> held_{false};
};

}  // namespace weft
