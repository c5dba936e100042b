#include "type/schema.hpp"

#include <random>
#include <string>

#include <catch2/catch.hpp>

using namespace weft;

namespace {

constexpr std::string_view example =
    "robot/State{stamp:time,took:duration,mode:robot/Mode:i8(idle=-1,busy=1),name:string,raw:bytes,on:bool,"
    "at:optional<geometry/Vec3{x:f64,y:f32}>,path:list<array<i16,3>>,limits:map<u32,list<u8>>,"
    "shape:variant<i64,geometry/Box{w:f64}>,none:robot/Nothing{}}";

std::string error_of(std::string_view text) {
  auto schema = Schema::parse(text);
  return schema ? "parsed" : schema.error().message;
}

std::string nested(std::size_t depth) {
  std::string text = "a/B{x:";
  for (std::size_t i = 0; i < depth; ++i)
    text += "list<";
  text += "u8";
  text.append(depth, '>');
  return text + "}";
}

}  // namespace

TEST_CASE("parsing canonical text and printing the tree gives the text back") {
  auto schema = Schema::parse(example);
  REQUIRE(schema);
  CHECK(schema->text() == example);
  CHECK(schema->root().text() == example);
  CHECK(schema->fingerprint() == fingerprint_of(example));
  CHECK(schema->name() == "robot/State");
}

TEST_CASE("a parsed schema is data that can be walked") {
  auto schema = Schema::parse(example);
  const auto& fields = schema->root().fields;
  REQUIRE(fields.size() == 11);
  CHECK(fields[2].name == "mode");
  CHECK(fields[2].type.kind == Kind::enumeration);
  CHECK(fields[2].type.underlying == Kind::i8);
  CHECK(fields[2].type.enumerators[0].value == -1);
  CHECK(fields[7].type.args[0].count == 3);
  CHECK(fields[8].type.args[1].args[0].kind == Kind::u8);
  CHECK(fields[9].type.args[1].name == "geometry/Box");
}

TEST_CASE("a label names messages and enums and spells out the rest") {
  auto schema = Schema::parse(example);
  CHECK(schema->root().label() == "robot/State");
  CHECK(schema->root().fields[6].type.label() == "optional<geometry/Vec3>");
  CHECK(schema->root().fields[9].type.label() == "variant<i64,geometry/Box>");
}

TEST_CASE("text out of form is refused with the place and what was expected") {
  CHECK(error_of("") == "schema text: expected a type at byte 0 of 0");
  CHECK(error_of("a/B{x:f65}") == "schema text: expected a type at byte 9 of 10");
  CHECK(error_of("u8") == "schema text: the whole must be a message at byte 2 of 2");
  CHECK(error_of("a/B{x:u8") == "schema text: expected '}' at byte 8 of 8");
  CHECK(error_of("a/B{x:u8}}") == "schema text: expected the end at byte 9 of 10");
  CHECK(error_of("B{x:u8}") == "schema text: a message's name must be package/Type at byte 2 of 7");
  CHECK(error_of("a/B{x:u8,x:u8}") == "schema text: the same field twice at byte 10 of 14");
}

TEST_CASE("what no compiled type could have is refused") {
  for (const auto* text : {"a/B{ x:u8}",
                           "a/B{x:u8,}",
                           "a/B{1:u8}",
                           "a/B{x:optional<optional<u8>>}",
                           "a/B{x:map<f64,u8>}",
                           "a/B{x:map<u8>}",
                           "a/B{x:map<u8,u8,u8>}",
                           "a/B{x:list<u8,u8>}",
                           "a/B{x:list<>}",
                           "a/B{x:variant<>}",
                           "a/B{x:variant<u8,u8>}",
                           "a/B{x:variant<a/C{},a/C{y:u8}>}",
                           "a/B{x:array<u8>}",
                           "a/B{x:array<u8,-1>}",
                           "a/B{x:array<u8,01>}",
                           "a/B{x:array<u8,4294967296>}",
                           "a/B{x:set<u8>}",
                           "a/B{x:a/E:u8()}",
                           "a/B{x:a/E:f64(a=0)}",
                           "a/B{x:a/E:u8(a=256)}",
                           "a/B{x:a/E:u8(a=-1)}",
                           "a/B{x:a/E:i8(a=-129)}",
                           "a/B{x:a/E:u8(a=0,a=1)}",
                           "a/B{x:a/E:u8(a=0,b=0)}",
                           "a/B{x:a/E:u8(a=+1)}",
                           "a/B{x:a/E:i8(a=-0)}",
                           "a/B{x:a/E:u64(a=18446744073709551615)}"}) {
    CAPTURE(text);
    CHECK(!Schema::parse(text));
  }
}

TEST_CASE("nesting ends at 64 levels") {
  CHECK(Schema::parse(nested(62)));
  CHECK(error_of(nested(63)).find("nested deeper than 64 levels") != std::string::npos);
  CHECK(!Schema::parse(nested(10'000)));
}

TEST_CASE("text beyond 64 KiB is refused before it is read") {
  std::string text = "a/B{x:variant<";
  text.append(max_schema_bytes, 'x');
  CHECK(error_of(text).find("longer than 64 KiB") != std::string::npos);
}

TEST_CASE("arrays cannot be nested into a zero value of more than 64 MiB") {
  CHECK(Schema::parse("a/B{x:array<u8,60000000>}"));
  CHECK(!Schema::parse("a/B{x:array<u8,4294967295>}"));
  CHECK(!Schema::parse("a/B{x:array<array<array<array<u8,65536>,65536>,65536>,65536>}"));
  CHECK(!Schema::parse("a/B{x:array<f64,5000000>,y:array<f64,5000000>}"));
}

TEST_CASE("any damage to a text is refused or gives another canonical text") {
  std::mt19937 random(42);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(example);
    text[random() % text.size()] = static_cast<char>(random() % 128);
    if (round % 3 == 0) text.erase(random() % text.size(), random() % 8);
    auto schema = Schema::parse(text);
    if (schema) REQUIRE(schema->root().text() == text);
  }
}

TEST_CASE("every beginning of a text is refused") {
  for (std::size_t size = 0; size < example.size(); ++size)
    REQUIRE(!Schema::parse(example.substr(0, size)));
}
