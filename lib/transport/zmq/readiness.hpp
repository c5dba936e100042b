// Readiness: one descriptor that is readable when any of an End's sources is, or when it was raised by hand.
//
// What      ZMQ_FD tells each thing once, to whoever asks libzmq first; who takes such news on behalf of
//           another raises it again here.
// Threads   fd() from any; the rest under the End's rule.
#pragma once

#include <initializer_list>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/time.hpp"

namespace weft::transport::zeromq {

class Readiness final {
 public:
  /// `sources` outlive it. Errors: resource_exhausted.
  static Result<Readiness> create(std::initializer_list<int> sources);

  [[nodiscard]] int fd() const noexcept { return poll_.get(); }
  /// A system call only if it is not raised already.
  void raise() noexcept;
  /// A system call only if it is raised.
  void clear() noexcept;
  /// Sleeps until fd() is readable or the time is over.
  void wait(Duration longest) const noexcept;

 private:
  Readiness(Fd poll, Fd event) noexcept : poll_(std::move(poll)), event_(std::move(event)) {}
  Fd poll_;
  Fd event_;
  bool raised_ = false;
};

}  // namespace weft::transport::zeromq
