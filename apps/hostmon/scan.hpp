// Scanning the kernel's text files: lines, blank-separated fields, numbers.
//
// What      for_each_line walks numbered lines, Fields walks one line. Both are total: any text gives values
//           or an Error of Errc::malformed that names the line and the field, and never more work than its
//           length.
// Threads   Values; they borrow the text, which must outlive them.
// Caveats   Every file under /proc ends in a newline, so a text that does not is taken as cut off: the digits
//           before the cut would otherwise pass for a smaller number.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/error.hpp"

namespace weft::hostmon {

/// The text as valid UTF-8 without control characters, at most `limit` bytes; what does not fit that becomes
/// '?'. Process, disk and interface names are bytes of somebody else's choosing.
std::string printable(std::string_view text, std::size_t limit = 256);

/// Errc::malformed with "<what>: <why>".
Error malformed(std::string_view what, std::string_view why);

/// Splits `text` at the first `separator` (gone from both parts); without one, all is in the first part.
struct Split {
  std::string_view before;
  std::string_view after;
};
Split split_at(std::string_view text, char separator) noexcept;

/// Walks the blank-separated fields of one line, left to right. `what` names the field in errors.
class Fields final {
 public:
  explicit Fields(std::string_view line) noexcept : rest_(line) {}

  /// The next field; an error when there is none.
  Result<std::string_view> word(std::string_view what);
  /// The next field as a decimal number without sign, at most `most`.
  Result<std::uint64_t> number(std::string_view what,
                               std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  /// The same in 32 bits.
  Result<std::uint32_t> number32(std::string_view what);
  /// The next field as a finite decimal fraction in [0, most].
  Result<double> fraction(std::string_view what, double most = std::numeric_limits<double>::max());
  /// Steps over `count` fields, whatever they hold; an error when there are fewer.
  Result<void> skip(unsigned count, std::string_view what);
  /// Whether no field is left.
  [[nodiscard]] bool at_end() noexcept;

 private:
  std::string_view rest_;
};

/// The whole of `text` as a number without sign, at most `most`.
Result<std::uint64_t> to_number(std::string_view text, std::string_view what,
                                std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
/// The whole of `text` as a finite decimal fraction in [0, most].
Result<double> to_fraction(std::string_view text, std::string_view what, double most);

/// Calls `on_line(std::string_view) -> Result<void>` for each line of `text`, without its newline. The first
/// error ends the walk and is returned as "line N: ..."; so are an empty text and a last line that is cut
/// off.
template <class OnLine>
Result<void> for_each_line(std::string_view text, OnLine&& on_line) {
  if (text.empty()) return malformed("line 1", "the file is empty");
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
      return malformed(fmt::format("line {}", number), "cut off, it does not end in a newline");
    }
    if (Result<void> parsed = on_line(text.substr(0, end)); !parsed) {
      return std::move(parsed).error().within(fmt::format("line {}", number));
    }
    text.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace weft::hostmon
