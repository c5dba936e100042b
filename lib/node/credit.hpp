// Credit: how many items a worker may have at once, so that it is never idle and nothing waits long behind it.
//
// What      A worker that is limited by its credit, and gives its items back quickly, gets twice as much; one that keeps
//           them longer than `patience` gets less in proportion. So a slow worker has a few, a quick one enough to cover
//           the way there and back. After TCP's congestion window (RFC 5681, slow start) and its round-trip sampling
//           (RFC 6298): one item at a time is timed, which spares the clock.
// Threads   One at a time. Pure but for the clock that is passed in.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace weft::node {

class Credit final {
 public:
  /// How long an item may be with its worker before that is thought to have too many.
  static constexpr Duration patience = std::chrono::milliseconds(10);
  /// One to work at, and one to go on with; as long as nothing is known, too: the next worker may be there soon.
  static constexpr std::uint32_t least = 2;

  /// `most`: never more than that, at least 1.
  explicit Credit(std::uint32_t most) noexcept : most_(most), allowed_(std::min(least, most)) {}

  [[nodiscard]] std::uint32_t allowed() const noexcept { return allowed_; }
  [[nodiscard]] std::uint32_t outstanding() const noexcept { return outstanding_; }
  [[nodiscard]] bool any() const noexcept { return outstanding_ < allowed_; }

  /// The worker has one more. REQUIRES: any().
  template <class Clock>
  void give(std::uint64_t sequence, Clock now) {
    ++outstanding_;
    was_limited_ = was_limited_ || outstanding_ == allowed_;
    if (timed_ != 0) return;
    timed_ = sequence;
    since_ = now();
  }

  /// One of them has come back. REQUIRES: outstanding() != 0.
  template <class Clock>
  void take_back(std::uint64_t sequence, Clock now) {
    --outstanding_;
    if (sequence == timed_) adapt(now() - since_);
  }

  /// The worker keeps all that it has, and would take one more.
  void ask() noexcept {
    if (!any()) allowed_ = std::min(outstanding_ + 1, most_);
  }

 private:
  void adapt(Duration took) noexcept {
    if (took > patience) {
      const auto fitting = std::uint32_t(allowed_ * (double(patience.count()) / double(took.count())));
      allowed_ = std::min(std::max(fitting, least), most_);
    } else if (was_limited_) {
      allowed_ = allowed_ > most_ / 2 ? most_ : allowed_ * 2;
    }
    was_limited_ = false;
    timed_ = 0;
  }

  std::uint32_t most_;
  std::uint32_t allowed_;
  std::uint32_t outstanding_ = 0;
  bool was_limited_ = false;  // since the last adapt()
  std::uint64_t timed_ = 0;   // 0: none is
  Instant since_{};
};

}  // namespace weft::node
