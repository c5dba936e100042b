#include "type/plan.hpp"

#include <string>

#include <catch2/catch.hpp>
#include <fmt/core.h>

using namespace weft;

namespace {

Schema schema(const std::string& fields) {
  return *Schema::parse("robot/Imu{" + fields + "}");
}

/// The message of a refusal after its prefix; "fits" if there is none.
std::string mismatch(const std::string& writer, const std::string& reader) {
  auto plan = make_plan(schema(writer), schema(reader));
  if (plan) return "fits";
  CHECK(plan.error().code == Errc::incompatible);
  return plan.error().message.substr(std::string("robot/Imu: the schemas do not match: ").size());
}

std::string differences(const std::string& writer, const std::string& reader) {
  std::string text;
  for (const auto& each : diff(schema(writer), schema(reader)))
    text += (text.empty() ? "" : "; ") + each.text();
  return text;
}

}  // namespace

TEST_CASE("equal schemas need no plan") {
  auto plan = make_plan(schema("x:f64"), schema("x:f64"));
  REQUIRE(plan);
  CHECK(plan->is_direct());
  CHECK(diff(schema("x:f64"), schema("x:f64")).empty());
}

TEST_CASE("a mismatch names the field and both types") {
  CHECK(mismatch("accel:geometry/Vec3{x:string}", "accel:geometry/Vec3{x:f64}") ==
        "accel.x: read as f64, written as string");
}

TEST_CASE("all mismatches are listed at once") {
  CHECK(
      mismatch("a:u8,b:list<g/P{x:bool}>,c:map<string,g/P{x:bool}>,d:array<u8,3>",
               "a:i8,b:list<g/P{x:u8}>,c:map<string,g/P{x:u8}>,d:array<u8,4>") ==
      "a: read as i8, written as u8; b[].x: read as u8, written as bool; c[].x: read as u8, written as bool; "
      "d: read as array<u8,4>, written as array<u8,3>");
}

TEST_CASE("a message or an enum of another name is a mismatch") {
  CHECK(mismatch("a:g/P{x:u8}", "a:g/Q{x:u8}") == "a: read as g/Q, written as g/P");
  CHECK(mismatch("a:g/E:u8(x=0)", "a:g/F:u8(x=0)") == "a: read as g/F, written as g/E");
  auto plan = make_plan(*Schema::parse("a/B{}"), *Schema::parse("a/C{}"));
  REQUIRE(!plan);
  CHECK(plan.error().message == "a/C: the schemas do not match: read as a/C, written as a/B");
}

TEST_CASE("fields pair by name, whatever their order") {
  auto plan = make_plan(schema("a:u8,b:string"), schema("b:string,a:u8"));
  REQUIRE(plan);
  CHECK(plan->root().targets == std::vector<std::uint32_t>{1, 0});
}

TEST_CASE("missing fields keep their default and unknown ones are skipped") {
  auto plan = make_plan(schema("a:u8,old:string"), schema("a:u8,fresh:u8"));
  REQUIRE(plan);
  CHECK(plan->root().targets == std::vector<std::uint32_t>{0, Step::none});
  CHECK(plan->root().missing == std::vector<std::uint32_t>{1});
  CHECK(differences("a:u8,old:string", "a:u8,fresh:u8") ==
        "old: not read, written as string (skipped); fresh: read as u8, not written (keeps its default)");
}

TEST_CASE("an integer widens to one whose range contains its own") {
  for (const auto* pair :
       {"u8>u16", "u8>i16", "u16>u64", "u32>i64", "i8>i16", "i32>i64", "i32>f64", "u32>f64", "u8>f64",
        "f32>f64", "u8>optional<u8>", "u8>optional<u16>", "string>optional<string>",
        "g/P{x:u8}>optional<g/P{x:u16}>", "list<u8>>list<u16>", "optional<f32>>optional<f64>"}) {
    CAPTURE(pair);
    std::string text(pair);
    auto split = text.find('>', text.find("list<u8>>") == 0 ? 8 : text.find("optional<f32>>") == 0 ? 13 : 0);
    CHECK(mismatch("a:" + text.substr(0, split), "a:" + text.substr(split + 1)) == "fits");
  }
}

TEST_CASE("what could lose a value is a mismatch") {
  for (auto [writer, reader] :
       std::initializer_list<std::pair<const char*, const char*>>{{"u16", "u8"},
                                                                  {"u8", "i8"},
                                                                  {"i8", "u8"},
                                                                  {"i8", "u64"},
                                                                  {"u64", "i64"},
                                                                  {"i64", "f64"},
                                                                  {"u64", "f64"},
                                                                  {"u8", "f32"},
                                                                  {"f64", "f32"},
                                                                  {"f64", "i64"},
                                                                  {"bool", "u8"},
                                                                  {"optional<u8>", "u8"},
                                                                  {"string", "bytes"},
                                                                  {"i64", "time"},
                                                                  {"time", "duration"},
                                                                  {"list<u8>", "array<u8,3>"},
                                                                  {"u8", "optional<i8>"},

                                                                  {"g/E:u8(a=0)", "u8"}}) {
    CAPTURE(writer, reader);
    CHECK(mismatch(std::string("a:") + writer, std::string("a:") + reader) ==
          std::string("a: read as ") + reader + ", written as " + (writer[0] == 'g' ? "g/E" : writer));
  }
}

TEST_CASE("enumerators pair by name; new ones are undecodable, all new is a mismatch") {
  CHECK(differences("m:g/E:u8(a=0,b=1,c=2)", "m:g/E:u8(a=0,b=1)") ==
        "m<c>: not read, written as 2 (undecodable)");
  auto same = make_plan(schema("m:g/E:u8(a=0,b=1,c=2)"), schema("m:g/E:u8(a=0,b=1)"));
  REQUIRE(same);
  CHECK(same->is_direct());
  auto renumbered = make_plan(schema("m:g/E:u8(a=0,b=1)"), schema("m:g/E:i16(a=1,b=0)"));
  REQUIRE(renumbered);
  CHECK(!renumbered->is_direct());
  CHECK(mismatch("m:g/E:u8(a=0)", "m:g/E:u8(b=0)") == "m: read as g/E:u8(b=0), written as g/E:u8(a=0)");
}

TEST_CASE("variant alternatives pair by type; new ones are undecodable, all new is a mismatch") {
  CHECK(differences("v:variant<u8,g/P{x:u8}>", "v:variant<g/P{x:u16},string>") ==
        "v<u8>: not read, written as u8 (undecodable); v<g/P>.x: read as u16, written as u8 (widened)");
  CHECK(mismatch("v:variant<u8,g/P{x:u8}>", "v:variant<g/P{x:u16},string>") == "fits");
  CHECK(mismatch("v:variant<u8>", "v:variant<u16>").find("read as variant<u16>, written as variant<u8>") !=
        std::string::npos);
}

TEST_CASE("the differences that are kept are bounded, and a mismatch beyond them still counts") {
  std::string writer;
  std::string reader;
  for (int i = 0; i < 1500; ++i) {
    writer += fmt::format("f{}:u8,", i);
    reader += fmt::format("f{}:u16,", i);
  }
  writer += "last:string";
  reader += "last:bool";
  CHECK(diff(schema(writer), schema(reader)).size() == max_differences);
  CHECK(mismatch(writer, reader) == "beyond the first 1000 differences");
}
