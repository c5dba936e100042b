#include "common/terminal.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/environment.hpp"

namespace weft::app {

namespace {

constexpr std::size_t usual_width = 80;

int code_of(Colour colour) noexcept {
  switch (colour) {
    case Colour::bold:
      return 1;
    case Colour::red:
      return 31;
    case Colour::green:
      return 32;
    case Colour::yellow:
      return 33;
    case Colour::cyan:
      return 36;
    default:
      return 90;
  }
}

std::size_t width_of_stdout(char** environment) {
  const auto wish = variable(environment, "COLUMNS").value_or("");
  std::size_t width = 0;
  std::from_chars(wish.data(), wish.data() + wish.size(), width);
  if (width != 0) return width;
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return known ? size.ws_col : usual_width;
}

bool begins_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

/// Bytes of the escape sequence at the beginning of the text; 0: there is none.
std::size_t paint_at(std::string_view text) noexcept {
  return text.starts_with("\x1b[") ? std::min(text.find('m'), text.size() - 1) + 1 : 0;
}

/// Bytes of the first character, and of the escape sequences before it.
std::size_t step(std::string_view text) noexcept {
  std::size_t size = 0;
  while (const auto paint = paint_at(text.substr(size)))
    size += paint;
  if (size < text.size()) ++size;
  while (size < text.size() && !begins_character(text[size]))
    ++size;
  return size;
}

/// The beginning of a text that takes that many columns.
std::string_view beginning(std::string_view text, std::size_t columns) noexcept {
  std::size_t size = 0;
  while (columns-- > 0)
    size += step(text.substr(size));
  return text.substr(0, size);
}

}  // namespace

Terminal Terminal::of_stdout(char** environment) {
  Terminal out;
  out.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  if (!out.is_terminal) return out;
  out.colours =
      variable(environment, "NO_COLOR").value_or("").empty() && variable(environment, "TERM") != "dumb";
  out.width = width_of_stdout(environment);
  return out;
}

std::string Terminal::paint(Colour colour, std::string_view text) const {
  return colours && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour), text)
                                  : std::string(text);
}

std::size_t columns(std::string_view utf8) noexcept {
  std::size_t count = 0;
  while (!utf8.empty()) {
    const auto paint = paint_at(utf8);
    if (paint == 0 && begins_character(utf8.front())) ++count;
    utf8.remove_prefix(std::max<std::size_t>(paint, 1));
  }
  return count;
}

std::string cut(std::string_view utf8, std::size_t most) {
  if (columns(utf8) <= most) return std::string(utf8);
  if (most == 0) return {};
  return std::string(beginning(utf8, most - 1)) + "…";
}

std::string wrapped(std::string_view utf8, std::size_t width, std::size_t indent) {
  if (columns(utf8) <= width || width == 0) return std::string(utf8);
  if (indent >= width) indent = 0;
  std::string out;
  std::size_t column = 0;
  std::size_t begins = 0;  // the column where this line's text begins
  const auto next_line = [&] {
    out += '\n';
    out.append(indent, ' ');
    column = begins = indent;
  };
  for (std::size_t at = 0; at <= utf8.size();) {
    auto word = utf8.substr(at, utf8.find(' ', at) - at);
    at += word.size() + 1;
    if (column != begins && column + 1 + columns(word) > width) {
      next_line();
    } else if (column != begins) {
      out += ' ';
      ++column;
    }
    while (column + columns(word) > width) {
      const auto part = beginning(word, width - column);
      out += part;
      word.remove_prefix(part.size());
      next_line();
    }
    out += word;
    column += columns(word);
  }
  return out;
}

}  // namespace weft::app
