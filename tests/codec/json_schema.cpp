#include "codec/json_schema.hpp"

#include <catch2/catch.hpp>

#include "everything.hpp"

using namespace weft;

// That what to_json() gives is valid by it, a validator proves: tests/apps.

namespace {

Json of(std::string_view text) {
  return json_schema(*Schema::parse(text));
}

}  // namespace

TEST_CASE("a message is an object of which every field is required and no other allowed") {
  const auto schema = of("a/B{x:u8,name:string}");
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["$comment"] == "a/B{x:u8,name:string}");
  CHECK(schema["title"] == "a/B");
  CHECK(schema["required"] == Json{"x", "name"});
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"]["x"].dump() == R"({"type":"integer","minimum":0,"maximum":255})");
}

TEST_CASE("a named type is defined once and referred to") {
  const auto schema = of("a/B{p:g/V{x:f64},q:list<g/V{x:f64}>,mode:a/E:u8(on=1)}");
  CHECK(schema["properties"]["p"]["$ref"] == "#/$defs/g~1V");
  CHECK(schema["properties"]["q"]["items"]["$ref"] == "#/$defs/g~1V");
  CHECK(schema["$defs"]["g/V"]["type"] == "object");
  CHECK(schema["$defs"]["a/E"].dump() == R"({"enum":["on"]})");
  CHECK(schema["$defs"].size() == 2);
}

TEST_CASE("two types of one name are not taken for each other") {
  const auto schema = of("a/B{p:g/V{x:f64},q:g/V{}}");
  CHECK(schema["$defs"]["g/V"]["required"] == Json{"x"});
  CHECK(schema["properties"]["q"]["properties"].empty());
}

TEST_CASE("integers have their ranges, exactly") {
  const auto schema = of("a/B{a:i64,b:u64}");
  CHECK(schema["properties"]["a"].dump() ==
        R"({"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807})");
  CHECK(schema["properties"]["b"]["maximum"].dump() == "18446744073709551615");
}

TEST_CASE("every kind of field has a description") {
  const auto schema = json_schema(Schema::of<test::Everything>());
  CHECK(schema["properties"].size() == Schema::of<test::Everything>().root().fields.size());
  for (const auto& [name, property] : schema["properties"].items()) {
    CAPTURE(name);
    CHECK((property.is_object() && !property.empty()));
  }
}
