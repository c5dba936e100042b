#include "base/foreign_text.hpp"

#include <catch2/catch.hpp>

using namespace weft;

TEST_CASE("only UTF-8 of RFC 3629 is UTF-8") {
  for (const auto* text : {"", "abc", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(text));
  }
  for (const auto* text : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xff", "a\xe2\x82"}) {
    CHECK(!is_utf8(text));
  }
}

TEST_CASE("text of others is shown as it is, in any language") {
  CHECK(shown("") == "");
  CHECK(shown("a \"b\" \\ gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80") ==
        "a \"b\" \\ gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
}

TEST_CASE("text of others can neither begin a line nor command a terminal") {
  CHECK(shown("a\nb\r\tc") == "a\\nb\\r\\tc");
  CHECK(shown("\x1b[2J") == "\\u001b[2J");
  CHECK(shown(std::string_view("\0\x7f", 2)) == "\\u0000\\u007f");
  CHECK(shown("\xc2\x9b"
              "2J") == "\\u009b2J");
  CHECK(shown("\x9b"
              "2J\xff") == "\\x9b2J\\xff");
}

TEST_CASE("long text of others is shown up to a number of bytes, in whole characters") {
  CHECK(shown("abc", 3) == "abc");
  CHECK(shown("abcd", 3) == "abc...");
  CHECK(shown("ab\xc3\xbc", 3) == "ab...");
  CHECK(shown("ab\n", 3) == "ab...");
}
