// Round trips of a word, and how long each took.
//
// Threads   Each function is one party's.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/time.hpp"
#include "limits/hand_over.hpp"

namespace weft::perf::limits {

/// In shared memory: written by the first party, read once it has ended.
struct Trips {
  std::uint64_t count;
  std::array<std::uint32_t, 1'000'000> nanoseconds;  ///< Of each trip.

  /// REQUIRES: there is room. What lasts longer than four seconds counts as that.
  void add(Duration trip) noexcept {
    nanoseconds[count++] = std::uint32_t(std::min<Duration::rep>(trip.count(), UINT32_MAX));
  }
  [[nodiscard]] std::span<const std::uint32_t> all() const noexcept {
    return std::span(nanoseconds).first(count);
  }
};

/// The first party's part: trips for about that time, at least one, at most as many as there is room for; then says
/// farewell. Answers 0, or an errno: the kernel's, or EBADMSG if another word came back than was sent.
int begin_trips(HandOver& hand_over, Duration time, Trips& trips);

/// The second's: sends back what comes, until farewell. Answers 0, or an errno.
int answer_trips(HandOver& hand_over);

}  // namespace weft::perf::limits
