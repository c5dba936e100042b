#include "hostmon/scan.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/foreign_text.hpp"

namespace weft::hostmon {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t excerpt_size = 32;

std::string quoted(std::string_view text) {
  return fmt::format("\"{}\"", printable(text, excerpt_size));
}

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(std::min(text.size(), limit));
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (out.size() + std::max<std::size_t>(length, 1) > limit) break;
    if (length == 0 || is_control(text.front())) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

Error malformed(std::string_view what, std::string_view why) {
  return Error{Errc::malformed, fmt::format("{}: {}", what, why)};
}

Split split_at(std::string_view text, char separator) noexcept {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

Result<std::uint64_t> to_number(std::string_view text, std::string_view what, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc::result_out_of_range) return malformed(what, quoted(text) + " is too large");
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return malformed(what, quoted(text) + " is not a number");
  if (value > most) return malformed(what, fmt::format("{} is above {}", value, most));
  return value;
}

Result<double> to_fraction(std::string_view text, std::string_view what, double most) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (parsed.ec == std::errc::result_out_of_range) return malformed(what, quoted(text) + " is too large");
  if (parsed.ec != std::errc{} || parsed.ptr != end || !std::isfinite(value)) {
    return malformed(what, quoted(text) + " is not a decimal fraction");
  }
  if (std::signbit(value)) return malformed(what, quoted(text) + " is negative");
  if (value > most) return malformed(what, fmt::format("{} is above {}", value, most));
  return value;
}

bool Fields::at_end() noexcept {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
  return rest_.empty();
}

Result<std::string_view> Fields::word(std::string_view what) {
  if (at_end()) return malformed(what, "missing, the line is too short");
  const auto word = rest_.substr(0, rest_.find_first_of(blanks));
  rest_.remove_prefix(word.size());
  return word;
}

Result<std::uint64_t> Fields::number(std::string_view what, std::uint64_t most) {
  WEFT_TRY(const auto text, word(what));
  return to_number(text, what, most);
}

Result<std::uint32_t> Fields::number32(std::string_view what) {
  WEFT_TRY(const auto value, number(what, std::numeric_limits<std::uint32_t>::max()));
  return static_cast<std::uint32_t>(value);
}

Result<double> Fields::fraction(std::string_view what, double most) {
  WEFT_TRY(const auto text, word(what));
  return to_fraction(text, what, most);
}

Result<void> Fields::skip(unsigned count, std::string_view what) {
  for (unsigned i = 0; i < count; ++i)
    WEFT_CHECK(word(what));
  return {};
}

}  // namespace weft::hostmon
