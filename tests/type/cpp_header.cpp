#include "type/cpp_header.hpp"

#include <catch2/catch.hpp>

using namespace weft;

// That a header compiles, and to the same fingerprint, is tested where a compiler is at hand: tests/apps.

namespace {

std::string header(std::string_view text) {
  auto out = cpp_header(*Schema::parse(text));
  return out ? *out : out.error().message;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a message becomes a described struct") {
  const auto text = header("robot/Imu{stamp:time,name:string,on:bool}");
  CHECK(contains(text,
                 "namespace weft_messages::robot {\n"
                 "struct Imu {\n"
                 "  ::weft::Time stamp{};\n"
                 "  ::std::string name;\n"
                 "  bool on{};\n"
                 "  WEFT_MESSAGE(\"robot/Imu\", stamp, name, on)\n"
                 "};\n"));
  CHECK(contains(text, "static_assert(::weft::fingerprint<::weft_messages::robot::Imu>() == 0x"));
}

TEST_CASE("the parts of a type stand before it, each once") {
  const auto text = header("a/B{x:g/V{x:f64},y:list<g/V{x:f64}>,mode:a/E:u8(one=1,two=2)}");
  CHECK(text.find("struct V") < text.find("struct B"));
  CHECK(text.find("struct V") == text.rfind("struct V"));
  CHECK(contains(
      text, "enum class E : ::std::uint8_t {\n  one = 1,\n  two = 2,\n};\nWEFT_ENUM(E, \"a/E\", one, two)"));
  CHECK(contains(text, "::weft_messages::a::E mode = ::weft_messages::a::E::one;"));
  CHECK(contains(text, "::std::vector<::weft_messages::g::V> y;"));
}

TEST_CASE("what C++ cannot say is refused and named") {
  CHECK(header("a/B{class:u8}") == "C++ header: a/B: the name \"class\" is C++'s own");
  CHECK(contains(header("new/B{x:u8}"), "\"new\""));
  CHECK(contains(header("a/B{weft_fields:u8}"), "\"weft_fields\""));
  CHECK(contains(header("a/B{__LINE__:u8}"), "\"__LINE__\""));
  CHECK(contains(header("a/B{x:a/C{y:u8},z:a/C{}}"), "two different types are named a/C"));
  CHECK(contains(header("a/B{x:a/B{}}"), "two different types are named a/B"));
  std::string many = "a/B{f0:u8";
  for (int i = 1; i <= 256; ++i)
    many += ",f" + std::to_string(i) + ":u8";
  CHECK(contains(header(many + "}"), "257 fields"));
}

TEST_CASE("the least 64-bit enumerator is written so that it compiles") {
  CHECK(contains(header("a/B{x:a/E:i64(low=-9223372036854775808)}"), "low = -9223372036854775807 - 1,"));
}
