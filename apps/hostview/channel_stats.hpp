// What one topic has carried: counts, bytes, latencies.
//
// Threads   One at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace weft::hostview {

class ChannelStats final {
 public:
  /// One message of `bytes` encoded bytes, sent at `stamp`, received at `received`.
  void add(std::size_t bytes, Time stamp, Time received);

  [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
  [[nodiscard]] double messages_per_second(Duration elapsed) const noexcept;
  [[nodiscard]] double bytes_per_second(Duration elapsed) const noexcept;
  /// The latency that a share of `q` (0 to 1) of the last messages did not exceed; zero if there were none.
  [[nodiscard]] Duration latency(double q) const;

 private:
  static constexpr std::size_t most_latencies = 10'000;  // of the last messages

  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<Duration> latencies_;
};

}  // namespace weft::hostview
