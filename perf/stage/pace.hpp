// Pace: when a message is sent, and the clock that says so.
//
// Threads   One at a time.
#pragma once

#include <cstdint>

namespace weft::perf {

/// The clock of a run. A test has its own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::int64_t now_ns() const = 0;
  /// Until then, or not at all if that has passed. Answers the processor seconds that it took to find out.
  virtual double wait_until(std::int64_t due_ns) = 0;
};

/// The host's monotonic clock. Sleeps until shortly before a moment, and looks again and again from then on.
class HostClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_ns() const override;
  double wait_until(std::int64_t due_ns) override;
};

/// When each message of an open loop is due, whatever became of those before it: the i-th at start + i / rate, without drift.
/// Who is late sends what is due at once, and measures from when it was due: so a stall counts against each message that it
/// delayed, not against one ("coordinated omission", Gil Tene, How NOT to Measure Latency, 2013).
class Schedule final {
 public:
  /// `rate`: messages a second, above 0.
  Schedule(std::int64_t start_ns, double rate) noexcept : start_ns_(start_ns), period_ns_(1e9 / rate) {}

  [[nodiscard]] std::int64_t due_ns() const noexcept {
    return start_ns_ + std::int64_t(double(next_) * period_ns_);
  }
  void sent() noexcept { ++next_; }

 private:
  std::int64_t start_ns_;
  double period_ns_;
  std::uint64_t next_ = 0;
};

}  // namespace weft::perf
