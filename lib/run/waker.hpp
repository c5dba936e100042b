// An eventfd that wakes whoever polls it; stays readable until it is cleared.
//
// Threads   Any.
#pragma once

#include <atomic>
#include <memory>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::run {

class Waker final {
 public:
  /// Errors: resource_exhausted (descriptors).
  static Result<Waker> create();
  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  void wake() noexcept;   ///< A system call only if it is not readable already.
  void clear() noexcept;  ///< A system call only if it is readable.

 private:
  explicit Waker(Fd event) : event_(std::move(event)), awake_(std::make_unique<std::atomic<bool>>(false)) {}
  Fd event_;
  std::unique_ptr<std::atomic<bool>> awake_;  // apart, so that a Waker can move
};

}  // namespace weft::run
