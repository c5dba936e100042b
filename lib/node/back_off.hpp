// How long a call rests before it is tried again: exponential back-off with full jitter.
//
// What      Any time up to a bound that doubles with each attempt: so many clients that failed at the same time do not
//           come back at the same time. Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
// Threads   Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace weft::node {

/// The bound after the first attempt, and the highest.
inline constexpr Duration back_off_base = std::chrono::milliseconds(10);
inline constexpr Duration back_off_cap = std::chrono::seconds(1);

/// The pause after `attempts` have failed, from 1: from nothing up to the bound, as `random` (any 32 bits) has it.
constexpr Duration back_off(std::uint32_t attempts, std::uint32_t random) noexcept {
  constexpr std::uint32_t most_doublings = 7;  // 10 ms << 7 is above the cap
  const auto doublings = std::min(attempts - 1, most_doublings);
  const auto bound = std::min(back_off_base * (1 << doublings), back_off_cap);
  constexpr auto range_bits = 32;
  return Duration(std::int64_t(std::uint64_t(bound.count()) * random >> range_bits));
}

}  // namespace weft::node
