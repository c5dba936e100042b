#include "codec/field_path.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace weft;

namespace {

const Schema schema = *Schema::parse(
    "a/B{accel:g/V{x:f64,y:f64},points:list<g/"
    "V{x:f64,y:f64}>,limits:map<string,list<u8>>,codes:map<i16,string>,"
    "shape:variant<i64,g/V{x:f64,y:f64}>,pair:array<u8,2>,maybe:optional<g/V{x:f64,y:f64}>}");

const Json message = Json::parse(R"({"accel":{"x":1,"y":2},"points":[{"x":3,"y":4},{"x":5,"y":6}],
  "limits":{"left one":[7,8]},"codes":{"12":"twelve"},"shape":{"g/V":{"x":9,"y":10}},"pair":[11,12],"maybe":null})");

std::string error_of(std::string_view text) {
  auto path = FieldPath::parse(text);
  if (!path) return path.error().message;
  const auto type = path->type_in(schema);
  return type ? "leads to " + (*type)->label() : type.error().message;
}

Json value_at(std::string_view text) {
  const auto* value = FieldPath::parse(text)->resolve(message);
  return value == nullptr ? Json("absent") : *value;
}

}  // namespace

TEST_CASE("a path leads to fields, elements, keys and alternatives") {
  CHECK(value_at("accel.x") == 1);
  CHECK(value_at("points[1].y") == 6);
  CHECK(value_at("limits[\"left one\"][1]") == 8);
  CHECK(value_at("codes[12]") == "twelve");
  CHECK(value_at("shape[\"g/V\"].x") == 9);
  CHECK(value_at("pair[0]") == 11);
}

TEST_CASE("what a message has not there is absent") {
  CHECK(value_at("points[2]") == "absent");
  CHECK(value_at("limits.right") == "absent");
  CHECK(value_at("shape.i64") == "absent");
  CHECK(value_at("maybe.x") == "absent");
  CHECK(value_at("maybe").is_null());
}

TEST_CASE("a path has a type by the schema") {
  CHECK(error_of("accel") == "leads to g/V");
  CHECK(error_of("points[7].x") == "leads to f64");
  CHECK(error_of("limits.any") == "leads to list<u8>");
  CHECK(error_of("codes[5]") == "leads to string");
  CHECK(error_of("shape.i64") == "leads to i64");
  CHECK(error_of("maybe.x") == "leads to f64");
}

TEST_CASE("a path that leads nowhere says at which name, and what it may have meant") {
  CHECK(error_of("acel.x") == "path \"acel.x\": a/B has no field \"acel\"; did you mean \"accel\"?");
  CHECK(error_of("accel.length") == "path \"accel.length\": g/V has no field \"length\"; there are: x, y");
  CHECK(error_of("shape.f64") ==
        "path \"shape.f64\": variant<i64,g/V> has no alternative \"f64\"; did you mean \"i64\"?");
  CHECK(error_of("pair[2]") == "path \"pair[2]\": array<u8,2> has no element [2]");
  CHECK(error_of("accel[0]") == "path \"accel[0]\": g/V has no element [0]");
  CHECK(error_of("accel.x.y") == "path \"accel.x.y\": f64 has no field \"y\"");
}

TEST_CASE("a path out of form is refused with the place and what was expected") {
  CHECK(error_of("") == "path \"\": expected a field's name at byte 0");
  CHECK(error_of("a..b") == "path \"a..b\": expected a field's name at byte 2");
  CHECK(error_of("a[") == "path \"a[\": expected an index or a text in quotes at byte 2");
  CHECK(error_of("a[1") == "path \"a[1\": expected ']' at byte 3");
  CHECK(error_of("a[\"x]") == "path \"a[\"x]\": expected a closing quote at byte 5");
  CHECK(error_of("a b") == "path \"a b\": expected '.' or '[' at byte 1");
  CHECK(error_of("a[99999999999999999999]").find("expected an index") != std::string::npos);
  CHECK(error_of(std::string(2000, 'a')).find("more than 1000 bytes") != std::string::npos);
}

TEST_CASE("any bytes give a path or an error") {
  std::mt19937 random(7);
  constexpr std::string_view alphabet = "ab.[]\"\\01 \n\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto left = random() % 12; left > 0; --left)
      text += alphabet[random() % alphabet.size()];
    const auto path = FieldPath::parse(text);
    if (path) CHECK(path->text() == text);
  }
}
