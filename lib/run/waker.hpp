// An eventfd that wakes whoever polls it; stays readable until it is cleared.
//
// Threads   Any.
#pragma once

#include <atomic>
#include <memory>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/futex.hpp"

namespace weft::run {

class Waker final {
 public:
  /// Errors: resource_exhausted (descriptors).
  static Result<Waker> create();
  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  void wake() noexcept;   ///< A system call only if it is not readable already.
  void clear() noexcept;  ///< A system call only if it is readable.
  /// For one who sleeps on futexes instead. False: there are too many.
  bool sleep_on(Futexes& futexes) noexcept;

 private:
  struct State {
    std::atomic<bool> awake{false};
    std::atomic<bool> slept_on{false};
    Futex wakes{0};
  };
  explicit Waker(Fd event) : event_(std::move(event)), state_(std::make_unique<State>()) {}
  Fd event_;
  std::unique_ptr<State> state_;  // apart, so that a Waker can move
};

}  // namespace weft::run
