#include "hostview/channel_stats.hpp"

#include <algorithm>
#include <cmath>

namespace weft::hostview {

namespace {

double per_second(std::uint64_t amount, Duration elapsed) {
  const double seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(amount) / seconds : 0;
}

}  // namespace

void ChannelStats::add(std::size_t bytes, Time stamp, Time received) {
  const auto latency = std::max(received - stamp, Duration::zero());  // the wall clock may be set back
  if (latencies_.size() < most_latencies) {
    latencies_.push_back(latency);
  } else {
    latencies_[messages_ % most_latencies] = latency;
  }
  ++messages_;
  bytes_ += bytes;
}

double ChannelStats::messages_per_second(Duration elapsed) const noexcept {
  return per_second(messages_, elapsed);
}

double ChannelStats::bytes_per_second(Duration elapsed) const noexcept {
  return per_second(bytes_, elapsed);
}

Duration ChannelStats::latency(double q) const {
  if (latencies_.empty()) return Duration::zero();
  auto sorted = latencies_;
  const auto rank = std::ceil(q * static_cast<double>(sorted.size()));
  const auto index =
      static_cast<std::size_t>(std::clamp(rank - 1, 0.0, static_cast<double>(sorted.size() - 1)));
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(index), sorted.end());
  return sorted[index];
}

}  // namespace weft::hostview
