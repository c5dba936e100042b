// Alarm: a descriptor that is readable from an instant on that can be moved.
//
// Threads   One at a time; any may poll the descriptor.
// Clock     CLOCK_MONOTONIC.
#pragma once

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/time.hpp"

namespace weft::run {

class Alarm final {
 public:
  /// One that never rings. Errors: resource_exhausted.
  static Result<Alarm> create();

  /// Rings then, and is silent until then; Instant::max(): for good.
  void set(Instant at) noexcept;
  /// Rings at the latest then: a system call only if it was to ring later.
  void set_no_later_than(Instant at) noexcept {
    if (at < at_) set(at);
  }
  [[nodiscard]] Instant at() const noexcept { return at_; }
  [[nodiscard]] int fd() const noexcept { return timer_.get(); }

 private:
  explicit Alarm(Fd timer) noexcept : timer_(std::move(timer)) {}
  Fd timer_;
  Instant at_ = Instant::max();
};

}  // namespace weft::run
