#include "common/terminal.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "common/table.hpp"

using namespace weft::app;

namespace {

constexpr Terminal narrow{.is_terminal = true, .colours = false, .width = 20};
constexpr Terminal coloured{.is_terminal = true, .colours = true, .width = 20};

}  // namespace

TEST_CASE("columns are code points, without what painting adds") {
  CHECK(columns("") == 0);
  CHECK(columns("µs") == 2);
  CHECK(columns(coloured.paint(Colour::red, "abc")) == 3);
}

TEST_CASE("a text that is cut ends with an ellipsis, and never within a character") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcd", 3) == "ab…");
  CHECK(cut("µµµµ", 3) == "µµ…");
  CHECK(cut("abc", 0).empty());
}

TEST_CASE("a text is wrapped at blanks, later lines indented") {
  CHECK(wrapped("one two three", 0) == "one two three");
  CHECK(wrapped("one two three", 13) == "one two three");
  CHECK(wrapped("one two three", 8) == "one two\nthree");
  CHECK(wrapped("one two three", 8, 2) == "one two\n  three");
  CHECK(wrapped("one two three", 5, 2) == "one\n  two\n  thr\n  ee");
}

TEST_CASE("a word that is wider than a line is broken within, between characters") {
  CHECK(wrapped("abcdefgh", 3) == "abc\ndef\ngh");
  CHECK(wrapped("µµµµ", 3) == "µµµ\nµ");
  CHECK(wrapped("a bcdef", 3) == "a\nbcd\nef");
}

TEST_CASE("an indentation without room is left out") {
  CHECK(wrapped("ab cd", 2, 2) == "ab\ncd");
}

TEST_CASE("no line is wider than it may be, whatever the text and its paint") {
  const auto text =
      coloured.paint(Colour::bold, "publisher of node1") + ": type: \"µ\" a_rather_long_word, x";
  for (std::size_t width = 1; width < 60; ++width) {
    const auto lines = wrapped(text, width, 4);
    for (std::size_t begin = 0; begin <= lines.size();) {
      const auto end = std::min(lines.find('\n', begin), lines.size());
      CHECK(columns(std::string_view(lines).substr(begin, end - begin)) <= width);
      begin = end + 1;
    }
  }
}

TEST_CASE("paint and what it is cut from are not damaged") {
  for (const auto* text : {"\x1b", "\x1b[", "\x1b[31", "\x80\x80"}) {
    CHECK(wrapped(text, 1).size() >= std::string_view(text).size());
    CHECK(columns(text) <= std::string_view(text).size());
  }
}

TEST_CASE("a table is no wider than its terminal: columns are cut, the last one wrapped if it says so") {
  Table table({{"NAME"}, {"FOUND", false, true}});
  table.add({"descriptors", "one two three"});
  CHECK(table.text(narrow) == "NAME       FOUND\ndescript…  one two\n           three\n");
}

TEST_CASE("a table in a pipe is not cut") {
  Table table({{"NAME"}, {"FOUND", false, true}});
  table.add({"descriptors", std::string(100, 'x')});
  CHECK(table.text(Terminal{}) == "descriptors\t" + std::string(100, 'x') + "\n");
}
