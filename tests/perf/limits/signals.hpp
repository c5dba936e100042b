// Signals: Ctrl-C as a program's main has it, and as it was before once the test is over.
#pragma once

#include <csignal>
#include <optional>

#include "common/interrupt.hpp"

namespace weft::perf::limits {

class Signals final {
 public:
  Signals() {
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before_);
    interrupt_.emplace(app::Interrupt::create().value());
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  [[nodiscard]] app::Interrupt& interrupt() { return *interrupt_; }

 private:
  sigset_t before_{};
  std::optional<app::Interrupt> interrupt_;
};

}  // namespace weft::perf::limits
