// Tally: what one reader has got of one writer, by the marks.
//
// Threads   Plain values.
#pragma once

#include <cstdint>

#include "stage/mark.hpp"

namespace weft::perf {

class Tally final {
 public:
  /// A payload of any phase.
  void take(const Mark& mark) noexcept {
    ended_ = ended_ || mark.phase == Phase::end;
    if (mark.sequence > last_) {
      advance(mark.sequence);
    } else if (is_missing(mark.sequence)) {
      fill_in(mark.sequence);
    } else {
      ++twice_;
    }
  }

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// How many came, each counted once.
  [[nodiscard]] std::uint64_t delivered() const noexcept { return last_ - gaps_; }
  /// The highest sequence that came.
  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
  /// How many of those up to that did not.
  [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }
  /// What came after a later one.
  [[nodiscard]] std::uint64_t late() const noexcept { return late_; }
  /// What came twice, or after one that is later by 64 or more: so far back it is not known what has come.
  [[nodiscard]] std::uint64_t twice() const noexcept { return twice_; }

 private:
  static constexpr std::uint64_t remembered = 64;

  void advance(std::uint64_t to) noexcept {
    const auto steps = to - last_;
    recent_ = (steps < remembered ? recent_ << steps : 0) | 1;
    gaps_ += steps - 1;
    last_ = to;
  }
  [[nodiscard]] bool is_missing(std::uint64_t sequence) const noexcept {
    const auto back = last_ - sequence;
    return back < remembered && (recent_ >> back & 1) == 0;
  }
  void fill_in(std::uint64_t sequence) noexcept {
    recent_ |= std::uint64_t{1} << (last_ - sequence);
    --gaps_;
    ++late_;
  }

  bool ended_ = false;
  std::uint64_t last_ = 0;
  std::uint64_t recent_ = 1;  // bit i: last_ - i has come; there is no 0
  std::uint64_t gaps_ = 0;
  std::uint64_t late_ = 0;
  std::uint64_t twice_ = 0;
};

}  // namespace weft::perf
