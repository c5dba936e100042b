#include "codec/dynamic.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "everything.hpp"

namespace weft::test {
namespace {

const std::string prefix = "JSON for test/T: ";

Schema schema(const std::string& fields) {
  return *Schema::parse("test/T{" + fields + "}");
}

/// What becomes of this JSON: the same as weft would print it, or the error.
std::string through(const std::string& fields, const std::string& json) {
  auto bytes = from_json(schema(fields), Json::parse(json));
  if (!bytes) {
    CHECK(bytes.error().message.substr(0, prefix.size()) == prefix);
    return bytes.error().message.substr(prefix.size());
  }
  auto back = to_json(schema(fields), *bytes);
  return back ? back->dump() : back.error().message;
}

}  // namespace

TEST_CASE("a message of every field type becomes JSON and comes back byte for byte") {
  auto bytes = encode(everything());
  auto types = Schema::of<Everything>();
  auto json = to_json(types, bytes);
  REQUIRE(json);
  auto again = from_json(types, Json::parse(json->dump()));
  INFO((again ? "" : again.error().message));
  REQUIRE(again);
  CHECK(*again == bytes);
}

TEST_CASE("fields keep their order, and each type has its JSON") {
  auto json = *to_json(Schema::of<Everything>(), encode(everything()));
  CHECK(json.begin().key() == "flag");
  CHECK(json["i64"].dump() == "-9223372036854775808");
  CHECK(json["u64"].dump() == "18446744073709551615");
  CHECK(json["mode"] == "gone");
  CHECK(json["bytes"] == "AP8=");
  CHECK(json["time"] == "2026-01-01T00:00:00.123456789Z");
  CHECK(json["duration"] == "-0.000000001s");
  CHECK(json["codes"].dump() == R"({"-5":"minus five","500":"five hundred"})");
  CHECK(json["modes"].dump() == R"({"idle":false,"gone":true})");
  CHECK(json["choice"].dump() == R"({"list<test/Named>":[{"name":"c","value":3}]})");
  CHECK(json["nothing"].dump() == "{}");
}

TEST_CASE("fields that are left out are zero") {
  CHECK(through("a:u8,b:string,c:list<u8>,d:optional<u8>,e:array<f64,2>,f:g/E:u8(x=3,y=0),g:time,h:bytes,"
                "i:map<u8,u8>,j:variant<bool,u8>,k:g/P{x:duration}",
                "{}") ==
        R"({"a":0,"b":"","c":[],"d":null,"e":[0.0,0.0],"f":"y","g":"1970-01-01T00:00:00.000000000Z","h":"",)"
        R"("i":{},"j":{"bool":false},"k":{"x":"0s"}})");
  CHECK(through("f:g/E:u8(x=3)", "{}") == R"({"f":"x"})");
}

TEST_CASE("a wrong type is told with the path, what was expected and what was found") {
  CHECK(through("accel:g/V{x:f64}", R"({"accel":{"x":"abc"}})") ==
        R"(accel.x: expected f64, found string "abc")");
  CHECK(through("a:list<g/V{x:bool}>", R"({"a":[{"x":true},{"x":1}]})") ==
        "a[1].x: expected bool, found number 1");
  CHECK(through("a:map<string,u8>", R"({"a":{"k":null}})") == "a.k: expected u8, found null");
  CHECK(through("a:g/V{x:u8}", R"({"a":[1]})") == "a: expected g/V, found array");
  CHECK(through("a:string", R"({"a":true})") == "a: expected string, found bool true");
  CHECK(through("a:u8", R"({"a":1.5})") == "a: expected u8, found number 1.5");
  CHECK(through("a:array<u8,2>", R"({"a":[1]})") == "a: expected 2 elements, found 1");
  CHECK(through("a:u8", "[]") == "expected test/T, found array");
}

TEST_CASE("an unknown field is told with those that there are") {
  CHECK(through("a:g/V{x:u8,y:u8}", R"({"a":{"z":1}})") == "a.z: unknown field: g/V has x, y");
  CHECK(through("", R"({"z":1})") == "z: unknown field: test/T has none");
}

TEST_CASE("a number out of range is told with the range") {
  CHECK(through("a:u8", R"({"a":256})") == "a: expected u8 (0 to 255), found number 256");
  CHECK(through("a:i8", R"({"a":-129})") == "a: expected i8 (-128 to 127), found number -129");
  CHECK(through("a:u64", R"({"a":-1})") == "a: expected u64 (0 to 18446744073709551615), found number -1");
  CHECK(through("a:i64", R"({"a":9223372036854775808})") ==
        "a: expected i64 (-9223372036854775808 to 9223372036854775807), found number 9223372036854775808");
  CHECK(through("a:f32", R"({"a":1e39})") == "a: expected f32 (at most 3.4e38), found number 1e+39");
}

TEST_CASE("integers are exact at both ends of their range") {
  CHECK(through("a:i64,b:i64,c:u64",
                R"({"a":-9223372036854775808,"b":9223372036854775807,"c":18446744073709551615})") ==
        R"({"a":-9223372036854775808,"b":9223372036854775807,"c":18446744073709551615})");
}

TEST_CASE("numbers that JSON lacks are strings") {
  CHECK(through("a:f64,b:f32,c:f64", R"({"a":"nan","b":"inf","c":"-inf"})") ==
        R"({"a":"nan","b":"inf","c":"-inf"})");
  CHECK(through("a:f64", R"({"a":-0.0})") == R"({"a":-0.0})");
  CHECK(through("a:f64", R"({"a":7})") == R"({"a":7.0})");
}

TEST_CASE("a time is read as text or as nanoseconds, and so is a duration") {
  CHECK(through("t:time,d:duration", R"({"t":1500000000,"d":"250ms"})") ==
        R"({"t":"1970-01-01T00:00:01.500000000Z","d":"0.25s"})");
  CHECK(through("d:duration", R"({"d":-5})") == R"({"d":"-0.000000005s"})");
  CHECK(through("t:time", R"({"t":"noon"})") ==
        R"(t: expected time such as "2026-01-02T03:04:05.678Z", found string "noon")");
  CHECK(through("t:time", R"({"t":9223372036854775808})").find("t: expected time") == 0);
}

TEST_CASE("enums, variants and map keys go by name") {
  CHECK(through("m:g/E:i8(a=-1,b=1)", R"({"m":"b"})") == R"({"m":"b"})");
  CHECK(through("m:g/E:i8(a=-1,b=1)", R"({"m":"c"})") == R"(m: expected g/E (a, b), found string "c")");
  CHECK(through("v:variant<u8,g/P{x:u8}>", R"({"v":{"g/P":{"x":2}}})") == R"({"v":{"g/P":{"x":2}}})");
  CHECK(through("v:variant<u8,g/P{x:u8}>", R"({"v":{"f64":2}})") ==
        R"(v: "f64" is no alternative of variant<u8,g/P>)");
  CHECK(through("v:variant<u8>", R"({"v":3})") ==
        "v: expected an object with one member, an alternative of variant<u8>, found number 3");
  CHECK(through("m:map<i8,u8>", R"({"m":{"-5":1,"x":2}})") == "m.x: expected i8 as the key");
  CHECK(through("m:map<i8,u8>", R"({"m":{"05":1}})") == "m.05: expected i8 as the key");
  CHECK(through("m:map<i8,u8>", R"({"m":{"500":1}})") ==
        "m.500: expected i8 (-128 to 127), found number 500");
}

TEST_CASE("what is not the schema's message is told with the path") {
  auto bytes = encode(Named{"n", 1});
  auto other = *Schema::parse("test/Named{name:string,value:string}");
  CHECK(to_json(other, bytes).error().message == "decode test/Named: value: expected string, found integer");
  auto shorter = *Schema::parse("test/Named{name:string}");
  CHECK(to_json(shorter, bytes).error().message == "decode test/Named: expected 1 fields, found 2");
  bytes.push_back(std::byte{0});
  CHECK(to_json(Schema::of<Named>(), bytes).error().message ==
        "decode test/Named: trailing bytes at byte 4 of 5");
}

TEST_CASE("an unknown enumerator or alternative is incompatible") {
  struct Pair {
    Mode mode = Mode::gone;
    std::variant<bool, std::uint8_t> choice = std::uint8_t{5};
    WEFT_MESSAGE("test/Pair", mode, choice)
  };
  auto bytes = encode(Pair{});
  auto fewer = *Schema::parse("test/Pair{mode:test/Mode:u8(idle=0),choice:variant<bool,u8>}");
  CHECK(to_json(fewer, bytes).error().code == Errc::incompatible);
  auto single = *Schema::parse("test/Pair{mode:test/Mode:u8(gone=200),choice:variant<bool>}");
  CHECK(to_json(single, bytes).error().code == Errc::incompatible);
}

TEST_CASE("a string that is not UTF-8 is no JSON, and is told") {
  auto bytes = encode(Named{"\xff", 1});
  CHECK(to_json(Schema::of<Named>(), bytes).error().message ==
        "decode test/Named: name: a string that is not UTF-8");
}

TEST_CASE("what JSON encodes, the typed decoder reads") {
  auto bytes = from_json(Schema::of<Named>(), Json::parse(R"({"value":-7,"name":"seven"})"));
  REQUIRE(bytes);
  Named read;
  REQUIRE(decode(*bytes, read));
  CHECK(read == Named{"seven", -7});
}

}  // namespace weft::test
