// A histogram of durations for percentiles: fixed memory, no allocation, each value counted within 3.2 %.
//
// Threads   One at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace weft {

class Histogram final {
 public:
  /// Counts one value; less than nothing counts as nothing.
  void add(Duration value) noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The least value that `part` (0 to 1) of all values do not exceed; zero if there are none.
  [[nodiscard]] Duration percentile(double part) const noexcept;
  [[nodiscard]] Duration least() const noexcept { return count_ == 0 ? Duration::zero() : least_; }
  [[nodiscard]] Duration most() const noexcept { return most_; }

 private:
  // Below 64 ns a bucket a nanosecond, above 32 of them to each doubling.
  static constexpr unsigned steps = 32;
  static constexpr std::size_t buckets = 60 * steps;
  static std::size_t bucket_of(std::uint64_t nanoseconds) noexcept;
  static std::uint64_t top_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  Duration least_ = Duration::max();
  Duration most_ = Duration::zero();
};

}  // namespace weft
