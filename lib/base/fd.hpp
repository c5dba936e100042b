// Fd: one owned file descriptor.
//
// Threads   A value that moves; using and closing the same one at once is the caller's race.
// Lifetime  The destructor closes it.
#pragma once

#include <utility>

#include <unistd.h>

namespace weft {

class Fd final {
 public:
  Fd() noexcept = default;
  /// Takes over `descriptor`; a negative one is nothing.
  explicit Fd(int descriptor) noexcept : descriptor_(descriptor) {}
  Fd(Fd&& other) noexcept : descriptor_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  /// Hands the descriptor over to the caller.
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }
  /// Closes the descriptor and takes over another.
  void reset(int descriptor = -1) noexcept {
    // Linux closes even when it answers EINTR: there is nothing to repeat and nothing to report.
    if (const int old = std::exchange(descriptor_, descriptor); old >= 0) ::close(old);
  }

 private:
  int descriptor_ = -1;
};

}  // namespace weft
