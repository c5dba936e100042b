// Tally: what one reader has got of one writer, by the marks.
//
// Threads   Plain values.
#pragma once

#include <cstdint>

#include "kit/mark.hpp"

namespace weft::perf {

class Tally final {
 public:
  /// A payload of any phase.
  void take(const Mark& mark) noexcept {
    ended_ = ended_ || mark.phase == Phase::end;
    if (mark.sequence > last_) {
      gaps_ += mark.sequence - last_ - 1;
      last_ = mark.sequence;
      ++delivered_;
    } else {
      ++stale_;
    }
  }

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
  /// The sequence that came last.
  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
  /// How many the sequences leave out up to that.
  [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }
  /// What came twice, or after a later one: nothing may.
  [[nodiscard]] std::uint64_t stale() const noexcept { return stale_; }

 private:
  bool ended_ = false;
  std::uint64_t delivered_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t stale_ = 0;
};

}  // namespace weft::perf
