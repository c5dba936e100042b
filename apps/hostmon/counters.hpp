// Differences of counters that may wrap or start again, and of stamps.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace weft::hostmon {

/// By how much a 64-bit counter rose. One that fell was reset (or corrected by the kernel): the answer is 0,
/// since to miss one interval is better than to invent one.
constexpr std::uint64_t rise(std::uint64_t before, std::uint64_t after) noexcept {
  return after >= before ? after - before : 0;
}

/// By how much a 32-bit counter rose, modulo 2^32. A fall that would mean a rise of 2^31 or more is a reset:
/// 0.
constexpr std::uint32_t rise32(std::uint32_t before, std::uint32_t after) noexcept {
  const std::uint32_t difference = after - before;
  return after >= before || difference < 0x8000'0000U ? difference : 0;
}

/// The time from `begin` to `end`: 0 if the clock was set back, the longest Duration beyond that. The stamps
/// may come from another process, so their difference may not fit.
constexpr Duration elapsed(Time begin, Time end) noexcept {
  if (end <= begin) return Duration::zero();
  Duration::rep difference = 0;
  const bool too_long =
      __builtin_sub_overflow(end.time_since_epoch().count(), begin.time_since_epoch().count(), &difference);
  return too_long ? Duration::max() : Duration(difference);
}

/// `amount` per second of `interval`. REQUIRES: interval > 0.
inline double per_second(std::uint64_t amount, Duration interval) noexcept {
  return static_cast<double>(amount) / std::chrono::duration<double>(interval).count();
}

}  // namespace weft::hostmon
