#include "base/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace weft {

std::size_t Histogram::bucket_of(std::uint64_t nanoseconds) noexcept {
  if (nanoseconds < 2 * steps) return nanoseconds;
  const auto shift = static_cast<unsigned>(std::bit_width(nanoseconds)) - 6;  // leaves steps to 2 * steps - 1
  return shift * steps + (nanoseconds >> shift);
}

std::uint64_t Histogram::top_of(std::size_t bucket) noexcept {
  if (bucket < 2 * steps) return bucket;
  const auto shift = bucket / steps - 1;
  return ((bucket - shift * steps + 1) << shift) - 1;
}

void Histogram::add(Duration value) noexcept {
  const auto at_least_none = std::max(value, Duration::zero());
  ++counts_[bucket_of(static_cast<std::uint64_t>(at_least_none.count()))];
  ++count_;
  least_ = std::min(least_, at_least_none);
  most_ = std::max(most_, at_least_none);
}

Duration Histogram::percentile(double part) const noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(std::clamp(part, 0.0, 1.0) * double(count_)));
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < buckets && count_ != 0; ++bucket) {
    below += counts_[bucket];
    if (below >= std::max<std::uint64_t>(rank, 1))
      return std::clamp(Duration(static_cast<std::int64_t>(top_of(bucket))), least_, most_);
  }
  return most_;
}

}  // namespace weft
