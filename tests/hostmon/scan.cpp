#include "hostmon/scan.hpp"

#include <catch2/catch.hpp>

namespace weft::hostmon {

TEST_CASE("a number is digits alone, and nothing around them") {
  CHECK(to_number("18446744073709551615", "n").value() == 18446744073709551615U);
  for (const auto* text : {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "12x", "\xff"}) {
    INFO(text);
    const auto number = to_number(text, "n");
    REQUIRE_FALSE(number);
    CHECK(number.error().code == Errc::malformed);
  }
}

TEST_CASE("a number beyond its range is an error, not another number") {
  CHECK(to_number("18446744073709551616", "n").error().message == "n: \"18446744073709551616\" is too large");
  CHECK(to_number("101", "n", 100).error().message == "n: 101 is above 100");
}

TEST_CASE("a fraction is finite, not negative and in decimal form") {
  CHECK(to_fraction("0.05", "f", 1).value() == 0.05);
  CHECK(to_fraction("7", "f", 7).value() == 7);
  for (const auto* text : {"", "nan", "inf", "-0.5", "-0", "1e3", "0.5x", "1,5", "1.01"}) {
    INFO(text);
    CHECK_FALSE(to_fraction(text, "f", 1));
  }
}

TEST_CASE("fields are separated by any run of blanks") {
  Fields fields("  a\t b  12 ");
  CHECK(fields.word("first").value() == "a");
  CHECK(fields.word("second").value() == "b");
  CHECK(fields.number("third").value() == 12);
  CHECK(fields.at_end());
  CHECK(fields.word("fourth").error().message == "fourth: missing, the line is too short");
}

TEST_CASE("skipping more fields than there are is an error") {
  CHECK(Fields("a b").skip(2, "x"));
  CHECK_FALSE(Fields("a b").skip(3, "x"));
}

TEST_CASE("an error in a line carries the line's number") {
  const auto refuse_b = [](std::string_view line) {
    return line == "b" ? malformed("letter", "is b") : Result<void>();
  };
  CHECK(for_each_line("a\nc\n", refuse_b));
  CHECK(for_each_line("a\nb\nc\n", refuse_b).error().message == "line 2: letter: is b");
}

TEST_CASE("a text that is empty or does not end in a newline is damaged") {
  const auto accept = [](std::string_view) { return Result<void>(); };
  CHECK(for_each_line("", accept).error().message == "line 1: the file is empty");
  CHECK(for_each_line("a\nb", accept).error().message == "line 2: cut off, it does not end in a newline");
  CHECK(for_each_line("\n\n", accept));
}

TEST_CASE("printable keeps valid UTF-8 and replaces everything else") {
  CHECK(printable("plain caf\u00e9 \U0001F600") == "plain caf\u00e9 \U0001F600");
  CHECK(printable(std::string_view("a\0b\x1b\x7f", 5)) == "a?b??");
  // A stray byte, a sequence cut short, one never finished, an overlong one.
  CHECK(printable("\xff\xc3(\xe2\x82\xc0\x80") == fmt::format("{0}{0}({0}{0}{0}{0}", '?'));
  CHECK(printable("\xed\xa0\x80\xf4\x90\x80\x80") == "???????");  // A surrogate; beyond U+10FFFF.
}

TEST_CASE("printable never cuts a character in two") {
  CHECK(printable("ab\u00e9", 3) == "ab");
  CHECK(printable("ab\u00e9", 4) == "ab\u00e9");
  CHECK(printable("abc", 0).empty());
}

TEST_CASE("splitting at a separator that is not there leaves the second part empty") {
  CHECK(split_at("a=b=c", '=').after == "b=c");
  CHECK(split_at("abc", '=').before == "abc");
  CHECK(split_at("abc", '=').after.empty());
}

}  // namespace weft::hostmon
