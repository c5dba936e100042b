#include "base/foreign_text.hpp"

#include <fmt/core.h>

namespace weft {

namespace {

/// The control character that a sequence encodes (C0, delete, C1); 0x100 if it is none.
unsigned control(std::string_view sequence) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1 && (byte(0) < 0x20 || byte(0) == 0x7f)) return byte(0);
  if (sequence.size() == 2 && byte(0) == 0xc2 && byte(1) < 0xa0) return byte(1);
  return 0x100;
}

std::string shown_sequence(std::string_view sequence) {
  const auto code = control(sequence);
  if (code == 0x100) return std::string(sequence);
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\u{:04x}", code);
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool beyond = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : length;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string shown(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto next = length == 0 ? fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()))
                                  : shown_sequence(text.substr(0, length));
    if (next.size() > most - out.size()) return out + "...";
    out += next;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace weft
