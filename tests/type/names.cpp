#include "type/names.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace weft;

TEST_CASE("a topic name is lower-case words joined by single slashes") {
  for (const auto* name : {"a", "robot/imu", "a_b/c_1/2"})
    CHECK(is_topic_name(name));
  for (const auto* name : {"", "/a", "a/", "a//b", "A", "a b", "a-b", "a.b", "\xc3\xa4"})
    CHECK(!is_topic_name(name));
}

TEST_CASE("a topic name has at most 200 bytes") {
  CHECK(is_topic_name(std::string(200, 'a')));
  CHECK(!is_topic_name(std::string(201, 'a')));
  CHECK(check_topic_name(std::string(201, 'a')).error().message.find("201 bytes, at most 200") !=
        std::string::npos);
}

TEST_CASE("a refused topic name is told with the rule, in one printable line") {
  auto result = check_topic_name("Robot/\nImu");
  REQUIRE(!result);
  CHECK(result.error().code == Errc::invalid_argument);
  CHECK(
      result.error().message ==
      "topic name \"Robot/\\nImu\": use lower-case letters, digits and _ in parts joined by single slashes");
}

TEST_CASE("a type name is a package, one slash and a type") {
  for (const auto* name : {"robot/Imu", "a_1/T", "_p/_T2"})
    CHECK(is_type_name(name));
  for (const auto* name : {"", "Imu", "/Imu", "robot/", "a/b/C", "Robot/Imu", "1a/B", "a/1B", "a/B c"}) {
    CHECK(!is_type_name(name));
  }
}

TEST_CASE("a field name is an identifier of at most 120 bytes") {
  for (const auto* name : {"x", "_x", "x1", "Xy"})
    CHECK(is_field_name(name));
  for (const auto* name : {"", "1x", "x-y", "x/y"})
    CHECK(!is_field_name(name));
  CHECK(!is_field_name(std::string(121, 'x')));
}
