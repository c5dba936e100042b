// Futexes: numbers that a thread sleeps on until they change (futex(2), futex_waitv(2) of Linux 5.16).
//
// Threads   Any, also of other processes that map the number. To sleep on one, it may be in read-only memory.
#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/time.hpp"

namespace weft {

using Futex = std::atomic<std::uint32_t>;

/// Sleeps while it is `seen`, at most so long; may wake without cause.
inline void futex_wait(const Futex& futex, std::uint32_t seen, Duration longest) noexcept {
  const timespec time{longest.count() / 1'000'000'000, longest.count() % 1'000'000'000};
  ::syscall(SYS_futex, &futex, FUTEX_WAIT, seen, longest == Duration::max() ? nullptr : &time, nullptr, 0);
}

/// Wakes all who sleep on it. It has changed before.
inline void futex_wake_all(Futex& futex) noexcept {
  ::syscall(SYS_futex, &futex, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// Several futexes, to sleep until any of them changes.
class Futexes final {
 public:
  static constexpr std::size_t most = 64;

  /// False: there are too many.
  bool add(const Futex& futex, std::uint32_t seen) noexcept {
    if (count_ == most) return false;
    waited_[count_++] = {seen, reinterpret_cast<std::uintptr_t>(&futex), size_32_bits, 0};
    return true;
  }
  /// One has changed already, or something else is not to be slept over.
  void stay_awake() noexcept { awake_ = true; }

  enum class Woken : std::uint8_t { yes, too_late, unsupported };
  /// Sleeps until one of them is not what was seen; may wake without cause.
  [[nodiscard]] Woken wait(Deadline deadline) noexcept {
    if (awake_) return Woken::yes;
    const auto until = deadline.instant().time_since_epoch().count();
    const timespec time{until / 1'000'000'000, until % 1'000'000'000};
    const auto woken = ::syscall(SYS_futex_waitv, waited_.data(), count_, 0,
                                 deadline.is_none() ? nullptr : &time, CLOCK_MONOTONIC);
    if (woken >= 0) return Woken::yes;
    if (errno == ETIMEDOUT) return Woken::too_late;
    return errno == ENOSYS || errno == EPERM ? Woken::unsupported : Woken::yes;
  }

 private:
  static constexpr std::uint32_t size_32_bits = 2;  // FUTEX_32, FUTEX2_SIZE_U32
  /// struct futex_waitv, which older headers do not have.
  struct Waited {
    std::uint64_t value;
    std::uint64_t address;
    std::uint32_t flags;
    std::uint32_t reserved;
  };

  std::array<Waited, most> waited_;
  std::size_t count_ = 0;
  bool awake_ = false;
};

}  // namespace weft
