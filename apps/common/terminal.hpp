// What standard output is: a terminal of some width, with or without colours, or a pipe.
//
// Threads   Values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weft::app {

enum class Colour { bold, red, green, yellow, cyan, grey };

struct Terminal {
  bool is_terminal = false;  ///< For people, not for programs.
  bool colours = false;
  std::size_t width = 0;  ///< In columns; 0: without end, as a pipe is.

  /// Standard output; `environment` is main's environ: no colours with NO_COLOR set to something, or TERM=dumb; the
  /// width is COLUMNS where that is a number.
  static Terminal of_stdout(char** environment);

  /// The text in that colour, where there are colours.
  [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;
};

/// How many columns a text takes: its code points, without what paint() adds.
std::size_t columns(std::string_view utf8) noexcept;
/// The text, or, where it takes more than `most` columns, its beginning and "…". REQUIRES that it is not painted.
std::string cut(std::string_view utf8, std::size_t most);
/// The text in lines of at most `width` columns, 0: without end; broken at blanks, words that are wider within. Lines
/// but the first begin with `indent` blanks, where there is room for that. No newline at the end.
std::string wrapped(std::string_view utf8, std::size_t width, std::size_t indent = 0);

}  // namespace weft::app
