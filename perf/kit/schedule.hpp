// Schedule: when each message of an open loop is to be sent, whatever became of those before it.
//
// What      The i-th at start + i / rate, without drift. Who is late sends what is due at once and measures from when it
//           was due: so a stall counts against each message that it delayed, not against one ("coordinated omission", Gil
//           Tene, How NOT to Measure Latency, 2013).
// Threads   Plain values.
#pragma once

#include <cstdint>

namespace weft::perf {

class Schedule final {
 public:
  /// `rate`: messages a second, above 0.
  Schedule(std::int64_t start_ns, double rate) noexcept : start_ns_(start_ns), period_ns_(1e9 / rate) {}

  /// When the next one is due.
  [[nodiscard]] std::int64_t due() const noexcept {
    return start_ns_ + std::int64_t(double(next_) * period_ns_);
  }
  void sent() noexcept { ++next_; }

 private:
  std::int64_t start_ns_;
  double period_ns_;
  std::uint64_t next_ = 0;
};

}  // namespace weft::perf
