// Lines of a file, a pipe or a terminal, which Ctrl-C interrupts while they are awaited.
//
// Threads   One at a time.
// Lifetime  The Interrupt outlives it.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "common/interrupt.hpp"

namespace weft::tool {

class Lines final {
 public:
  /// "-": standard input. Errors: the kernel's.
  static Result<Lines> open(const std::string& path, app::Interrupt& interrupt);

  static constexpr std::size_t longest = 16 << 20;  ///< Bytes of a line.

  /// Waits for the next line, without its newline; nothing at the end, or once interrupted. Errors: too_big.
  Result<std::optional<std::string>> next();

 private:
  Lines(Fd owned, int fd, std::string path, app::Interrupt& interrupt) noexcept
      : owned_(std::move(owned)), fd_(fd), path_(std::move(path)), interrupt_(&interrupt) {}
  std::optional<std::string> taken();
  Result<void> read();

  Fd owned_;  // nothing where it is standard input
  int fd_;
  std::string path_;
  app::Interrupt* interrupt_;
  std::string text_;       // what was read,
  std::size_t begin_ = 0;  // and up to where it was taken
  bool ended_ = false;
};

}  // namespace weft::tool
