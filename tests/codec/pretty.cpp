#include "codec/pretty.hpp"

#include <catch2/catch.hpp>

#include "everything.hpp"

using namespace weft;

namespace {

std::string pretty_of(std::string_view text, std::string_view json, PrettyOptions options = {}) {
  const auto schema = *Schema::parse(text);
  const auto value = *to_json(schema, *from_json(schema, Json::parse(json)));
  return pretty(schema.root(), value, options);
}

}  // namespace

TEST_CASE("a field is a line, and a message of few scalars, too") {
  CHECK(pretty_of("a/B{n:u8,v:g/V{x:f64,y:f64},name:string,none:optional<u8>}",
                  R"({"n":1,"v":{"x":0.5,"y":2},"name":"left"})") ==
        "n: 1\nv: {x: 0.5, y: 2.0}\nname: left\nnone: null\n");
}

TEST_CASE("lists of messages, maps and variants are indented") {
  CHECK(pretty_of("a/B{l:list<g/V{x:u8}>,m:map<string,u8>,s:variant<u8,g/V{x:u8}>,e:list<g/V{x:u8}>}",
                  R"({"l":[{"x":1},{"x":2}],"m":{"k":3},"s":{"g/V":{"x":4}}})") ==
        "l: 2 elements\n  [0]: {x: 1}\n  [1]: {x: 2}\nm:\n  k: 3\ns:\n  g/V: {x: 4}\ne: []\n");
}

TEST_CASE("what is long is cut, with how much was left out, unless all is asked for") {
  Json numbers = Json::array();
  for (int i = 0; i < 100; ++i)
    numbers.push_back(i);
  const auto json = Json{{"l", numbers}, {"s", std::string(300, 'a')}, {"b", std::string(400, 'A')}}.dump();
  const auto* type = "a/B{l:list<u8>,s:string,b:bytes}";
  const auto cut = pretty_of(type, json);
  CHECK(cut.find("14, 15, … 84 more]") != std::string::npos);
  CHECK(cut.find("a… 100 bytes more\n") != std::string::npos);
  CHECK(cut.find("b: 300 bytes AAAA") != std::string::npos);
  CHECK(cut.find("… 264 more\n") != std::string::npos);
  const auto full = pretty_of(type, json, {.full = true});
  CHECK(full.find("…") == std::string::npos);
  CHECK(full.find("98, 99]") != std::string::npos);
}

TEST_CASE("a string is never cut within a character") {
  std::string text(199, 'a');
  for (int i = 0; i < 50; ++i)
    text += "\xc3\xbc";
  const auto cut = pretty_of("a/B{s:string}", Json{{"s", text}}.dump());
  CHECK(cut == "s: " + std::string(199, 'a') + "… 100 bytes more\n");
}

TEST_CASE("text of others cannot reach the terminal raw") {
  const auto shown =
      pretty_of("a/B{s:string,m:map<string,string>}", R"({"s":"a\nb: \u001b[2J","m":{"\u0007":"\u009b"}})");
  CHECK(shown == "s: a\\nb: \\u001b[2J\nm:\n  \\u0007: \\u009b\n");
}

TEST_CASE("names are coloured where it is asked for") {
  CHECK(pretty_of("a/B{n:u8}", "{}", {.colour = true}) == "\x1b[36mn\x1b[0m: 0\n");
}

TEST_CASE("a message of every kind of field is printed with all of them") {
  const auto schema = Schema::of<test::Everything>();
  Bytes bytes(encoded_size(test::everything()));
  encode(test::everything(), bytes);
  const auto text = pretty(schema.root(), *to_json(schema, bytes));
  for (const auto& field : schema.root().fields)
    CHECK(("\n" + text).find("\n" + field.name + ":") != std::string::npos);
}
