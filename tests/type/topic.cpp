#include "type/topic.hpp"

#include <type_traits>

#include <catch2/catch.hpp>

using namespace weft;
using namespace std::chrono_literals;

namespace {

struct Ping {
  int value = 0;
  WEFT_MESSAGE("test/Ping", value)
};

constexpr Topic<Ping> plain{"test/ping"};
constexpr Topic<Ping> tuned{"test/ping", {.reliability = Reliability::reliable, .depth = 5, .stall = 1s}};
constexpr Service<Ping, Ping> service{"test/ask"};
constexpr Queue<Ping> queue{"test/work"};

}  // namespace

TEST_CASE("a topic constant carries its name, its type and its Qos") {
  STATIC_REQUIRE(plain.name() == "test/ping");
  STATIC_REQUIRE(plain.qos() == Qos{});
  STATIC_REQUIRE(tuned.qos().depth == 5);
  STATIC_REQUIRE(std::is_same_v<decltype(plain)::Type, Ping>);
}

TEST_CASE("topics are best effort by default, services and queues reliable") {
  STATIC_REQUIRE(plain.qos().reliability == Reliability::best_effort);
  STATIC_REQUIRE(service.qos().reliability == Reliability::reliable);
  STATIC_REQUIRE(queue.qos().reliability == Reliability::reliable);
}

TEST_CASE("a topic made at run time is checked as a constant is") {
  auto topic = Topic<Ping>::make("test/other", {.depth = 7});
  REQUIRE(topic);
  CHECK(topic->name() == "test/other");
  CHECK(topic->qos().depth == 7);
  CHECK(!Topic<Ping>::make("Test"));
  CHECK((!Service<Ping, Ping>::make("test/")));
  CHECK(!Queue<Ping>::make("test", {.depth = 0}));
}

TEST_CASE("a Qos out of range is refused by field") {
  CHECK(check_qos({.depth = 1}));
  CHECK(check_qos({.depth = 1'000'000}));
  CHECK(check_qos({.depth = 1'000'001}).error().message ==
        "qos.depth 1000001: give a number of messages from 1 to 1000000");
  CHECK(check_qos({.stall = 0s}).error().message == "qos.stall 0 ns: give a time longer than 0");
  CHECK(!check_qos({.reliability = static_cast<Reliability>(9)}));
}
