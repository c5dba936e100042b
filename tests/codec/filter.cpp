#include "codec/filter.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace weft;

namespace {

const Schema schema = *Schema::parse(
    "a/B{n:i64,big:u64,x:f64,on:bool,name:string,mode:a/Mode:u8(idle=0,busy=1),at:time,took:duration,"
    "maybe:optional<u8>,list:list<u8>,v:g/V{x:f64},raw:bytes}");

const Json message =
    Json::parse(R"({"n":-3,"big":18446744073709551615,"x":1.5,"on":true,"name":"left","mode":"busy",
  "at":"2026-01-02T03:04:05.000000000Z","took":"1.5s","maybe":null,"list":[1,2],"v":{"x":"nan"},"raw":"AA=="})");

std::string error_of(std::string_view text) {
  auto filter = Filter::parse(text);
  if (!filter) return filter.error().message;
  auto fitted = filter->for_type(schema);
  return fitted ? "fits" : fitted.error().message;
}

bool passes(std::string_view text) {
  return Filter::parse(text)->for_type(schema)->passes(message);
}

}  // namespace

TEST_CASE("numbers compare exactly, whatever their size and sign") {
  CHECK(passes("n == -3"));
  CHECK(passes("n < 0"));
  CHECK(passes("n<=-3"));
  CHECK(!passes("n > -3"));
  CHECK(passes("big == 18446744073709551615"));
  CHECK(passes("big > 18446744073709551614"));
  CHECK(passes("big > -1"));
  CHECK(passes("n < 18446744073709551615"));
  CHECK(passes("x >= 1.5"));
  CHECK(passes("x > 1"));
  CHECK(passes("x != 1e3"));
}

TEST_CASE("bools, strings and enumerators compare with their like") {
  CHECK(passes("on"));
  CHECK(passes("on == true"));
  CHECK(!passes("!on"));
  CHECK(passes("name == \"left\""));
  CHECK(passes("name < \"right\""));
  CHECK(passes("mode == busy"));
  CHECK(passes("mode != \"idle\""));
}

TEST_CASE("times and durations compare with texts and nanoseconds") {
  CHECK(passes("at == \"2026-01-02T03:04:05Z\""));
  CHECK(passes("at < \"2026-01-02T03:04:05.1Z\""));
  CHECK(passes("took == \"1500ms\""));
  CHECK(passes("took > 1499999999"));
}

TEST_CASE("and binds closer than or, and not closest") {
  CHECK(passes("n == 0 && on || on"));
  CHECK(!passes("n == 0 && (on || on)"));
  CHECK(passes("!(n == 0) && !(!on)"));
  CHECK(passes("on && on && on"));
  CHECK(!passes("!on || !on || n > 0"));
}

TEST_CASE("a comparison with what is not there does not hold, but for null") {
  CHECK(!passes("maybe == 0"));
  CHECK(!passes("maybe != 0"));
  CHECK(passes("maybe == null"));
  CHECK(!passes("maybe != null"));
  CHECK(passes("list[0] == 1"));
  CHECK(!passes("list[5] == 1"));
  CHECK(passes("list[5] == null"));
  CHECK(passes("n != null"));
}

TEST_CASE("not a number is less, equal and greater than nothing") {
  CHECK(!passes("v.x < 0 || v.x == 0 || v.x > 0"));
}

TEST_CASE("a filter out of form is refused with the place and what was expected") {
  CHECK(error_of("") == "filter, byte 0 of 0: expected a field's path");
  CHECK(error_of("n ==") == "filter, byte 4 of 4: expected a literal");
  CHECK(error_of("n == 1 &&") == "filter, byte 9 of 9: expected a field's path");
  CHECK(error_of("(n == 1") == "filter, byte 7 of 7: expected ')'");
  CHECK(error_of("n == 1)") == "filter, byte 6 of 7: expected && or || or the end");
  CHECK(error_of("n = 1") == "filter, byte 2 of 5: expected && or || or the end");
  CHECK(error_of("n == 1.2.3") == "filter, byte 5 of 10: expected a number as in JSON");
  CHECK(error_of("name == \"x") == "filter, byte 10 of 10: expected a closing quote");
  CHECK(error_of("n == %") ==
        "filter, byte 5 of 6: expected a number, a \"text\", true, false, null or an enumerator");
  CHECK(error_of("a.[0] == 1") == "filter, byte 2 of 10: expected the rest of a field's path");
  CHECK(error_of("3 < n") == "filter, byte 0 of 5: expected a field's path");
}

TEST_CASE("a filter that does not fit the type is refused with the place and why") {
  CHECK(error_of("x > 1 && nmae == \"a\"") ==
        "filter, byte 9 of 20: path \"nmae\": a/B has no field \"nmae\"; did you mean \"name\"?");
  CHECK(error_of("n == \"1\"") == "filter, byte 5 of 8: expected a number");
  CHECK(error_of("name == left") == "filter, byte 8 of 12: expected a text in double quotes");
  CHECK(error_of("mode == bsuy") ==
        "filter, byte 8 of 12: a/Mode has no enumerator \"bsuy\"; did you mean \"busy\"?");
  CHECK(error_of("mode < busy") == "filter, byte 7 of 11: only == and != compare with this");
  CHECK(error_of("n") == "filter, byte 0 of 1: n is no bool: compare it");
  CHECK(error_of("v == 1") == "filter, byte 5 of 6: g/V cannot be compared with it; name one of its parts");
  CHECK(error_of("at > \"yesterday\"") ==
        "filter, byte 5 of 16: expected a time such as \"2026-01-02T03:04:05Z\"");
  CHECK(error_of("raw == \"AA==\"") ==
        "filter, byte 7 of 13: bytes cannot be compared with it; name one of its parts");
}

TEST_CASE("nesting and length end somewhere") {
  CHECK(error_of(std::string(63, '(') + "on" + std::string(63, ')')) == "fits");
  CHECK(error_of(std::string(65, '(') + "on").find("nested deeper than 64 levels") != std::string::npos);
  CHECK(error_of(std::string(3000, '!') + "on").find("nested deeper") != std::string::npos);
  CHECK(error_of(std::string(5000, ' ')).find("more than 4000 bytes") != std::string::npos);
  std::string many = "on";
  while (many.size() < 3990)
    many += "||on";
  CHECK(error_of(many) == "fits");
}

TEST_CASE("any text gives a filter or an error") {
  std::mt19937 random(11);
  const std::vector<std::string> words{"n", "name", ".x",    "[0]",  "==", "<",  "&&", "||",   "!",   "(",
                                       ")", "1",    "\"a\"", "busy", " ",  "\\", "\"", "null", "\xff"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto left = random() % 10; left > 0; --left)
      text += words[random() % words.size()];
    const auto filter = Filter::parse(text);
    if (!filter) continue;
    const auto fitted = filter->for_type(schema);
    if (fitted) static_cast<void>(fitted->passes(message));
  }
}
