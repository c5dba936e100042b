#include "common/terminal.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace weft::app {

namespace {

constexpr std::size_t usual_width = 80;

std::string_view variable(char** environment, std::string_view name) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  }
  return {};
}

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

bool begins_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

}  // namespace

Terminal Terminal::of_stdout(char** environment) {
  Terminal out;
  out.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  if (!out.is_terminal) return out;
  out.colours = variable(environment, "NO_COLOR").empty() && variable(environment, "TERM") != "dumb";
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  out.width = known ? size.ws_col : usual_width;
  return out;
}

std::string Terminal::paint(Colour colour, std::string_view text) const {
  return colours && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour), text)
                                  : std::string(text);
}

std::size_t columns(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins_character));
}

std::string cut(std::string_view utf8, std::size_t most) {
  if (columns(utf8) <= most) return std::string(utf8);
  if (most == 0) return {};
  std::size_t size = 0;
  for (std::size_t taken = 0; size < utf8.size(); ++size) {
    if (begins_character(utf8[size]) && taken++ == most - 1) break;
  }
  return std::string(utf8.substr(0, size)) + "…";
}

}  // namespace weft::app
