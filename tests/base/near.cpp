#include "base/near.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace weft;

TEST_CASE("the distance counts insertions, removals, replacements and swapped neighbours") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("topic", "topic") == 0);
  CHECK(edit_distance("topic", "") == 5);
  CHECK(edit_distance("tpoic", "topic") == 1);
  CHECK(edit_distance("tpic", "topic") == 1);
  CHECK(edit_distance("topics", "topic") == 1);
  CHECK(edit_distance("tobic", "topic") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("what was meant is the nearest name that is near enough") {
  const std::vector<std::string> names{"robot/imu", "robot/image", "host/cpu"};
  CHECK(nearest("robot/imi", names) == "robot/imu");
  CHECK(nearest("robot/iamge", names) == "robot/image");
  CHECK(nearest("hots/cpu", names) == "host/cpu");
  CHECK(nearest("battery", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest("x", std::vector<std::string>{}).empty());
}

TEST_CASE("near is what differs little for its length, without what both begin with") {
  CHECK(nearness("farm/soli", "farm/soil") == 1U);
  CHECK(nearness("fram/soil", "farm/soil") == 1U);
  CHECK(nearness("farm/temperatrue_", "farm/temperature") == 2U);
  CHECK_FALSE(nearness("farm/none", "farm/soil"));
  CHECK_FALSE(nearness("farm/none", "farm/nose/soil"));
  CHECK_FALSE(nearness("", "farm"));
  CHECK_FALSE(nearness("farm/", "farm/soil"));
}

TEST_CASE("a beginning means the only name that goes on so") {
  const std::vector<std::string> names{"robot/imu", "robot/image", "host/cpu"};
  CHECK(nearest("host", names) == "host/cpu");
  CHECK(nearest("robot", names).empty());
}

TEST_CASE("names longer than any are near nothing") {
  CHECK(edit_distance(std::string(10'000, 'a'), "a") == 10'000);
}

TEST_CASE("a line about a name that is not there ends with those that were meant") {
  CHECK(did_you_mean(std::vector<std::string>{}).empty());
  CHECK(did_you_mean(std::vector<std::string>{"a"}) == "; did you mean \"a\"?");
  CHECK(did_you_mean(std::vector<std::string>{"a", "b"}) == "; did you mean \"a\" or \"b\"?");
  CHECK(did_you_mean(std::vector<std::string>{"a\x1b"}) == "; did you mean \"a\\u001b\"?");
}
