// Idle: what a thread does that finds nothing, where looking again costs some nanoseconds and sleeping some microseconds.
//
// What      spin: looks again and again, for who gives a processor to it. block: sleeps at once. adaptive: looks for as long
//           as being woken takes, then lets others run a few times, then sleeps. Whoever gives its processor away and gets
//           it back late shares it with others, and so looks for half as long the next time; who gets it back at once, for
//           longer again.
// Threads   One at a time.
// Source    The wake-up of a sleeping thread on another core takes 35 to 48 µs on a virtual machine, some 5 µs on bare metal.
//           Spinning for as long as what it saves costs is at most twice as much as the best of both: A. R. Karlin et al.,
//           "Empirical studies of competitive spinning for a shared-memory multiprocessor", SOSP 1991.
#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>

#include "base/time.hpp"

namespace weft {

enum class Idle : std::uint8_t { adaptive, spin, block };

class Idling final {
 public:
  explicit Idling(Idle how) noexcept : how_(how) {}

  /// Something was found.
  void reset() noexcept { looks_ = yields_ = 0; }

  /// Whether to look again at once; if not, ask goes_on().
  [[nodiscard]] bool looks_again() noexcept {
    if (how_ == Idle::block || ++looks_ % looks_together == 0) return false;
    pause();
    return true;
  }
  /// Whether to look again, now that it is `time`; if not, sleep.
  [[nodiscard]] bool goes_on(Instant time) noexcept {
    if (how_ != Idle::adaptive) return how_ == Idle::spin;
    if (looks_ == looks_together) since_ = time;
    if (yields_ == 0 && time - since_ < spin_for_) return true;
    if (yields_ == most_yields) return false;
    ++yields_;
    looks_ = looks_together - 1;  // one look after each
    std::this_thread::yield();
    learn(now() - time);
    return true;
  }

 private:
  static constexpr std::uint32_t looks_together = 16;  // reading the clock costs as much as a look
  static constexpr std::uint32_t most_yields = 20;
  static constexpr Duration longest_spin = std::chrono::microseconds(50);
  static constexpr Duration late = std::chrono::microseconds(20);

  void learn(Duration away) noexcept {
    spin_for_ = away > late ? spin_for_ / 2 : std::min(spin_for_ + longest_spin / 16, longest_spin);
  }
  static void pause() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");  // NOLINT: there is no other name for it
#endif
  }

  Idle how_;
  std::uint32_t looks_ = 0;
  std::uint32_t yields_ = 0;
  Instant since_{};
  Duration spin_for_ = std::thread::hardware_concurrency() > 1 ? longest_spin : Duration::zero();
};

}  // namespace weft
