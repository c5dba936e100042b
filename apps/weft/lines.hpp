// Lines of a file, a pipe or a terminal, which Ctrl-C interrupts while they are awaited; and JSON in them.
//
// Threads   One at a time.
// Lifetime  The Interrupt outlives it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "codec/dynamic.hpp"
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

/// The text as JSON; `where` it stands is said of what is none. Errors: invalid_argument.
Result<Json> json_from(const std::string& text, std::string_view where);

/// Gives each line that is not empty to `take`, which answers whether it wants more. Errors: Lines', json_from()'s and
/// those of `take`, with the line's number.
Result<void> each_json(const std::string& path, app::Interrupt& interrupt,
                       const std::function<Result<bool>(const Json&)>& take);

}  // namespace weft::tool
