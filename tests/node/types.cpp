#include "kit.hpp"

namespace weft::test {

namespace {

// The same type as two programs of different age know it.
namespace older {
struct Pose {
  float x = 0;
  std::string frame;
  WEFT_MESSAGE("test/Pose", x, frame)
};
}  // namespace older
namespace newer {
struct Pose {
  std::string frame;
  double x = 0;
  double confidence = 0.5;
  WEFT_MESSAGE("test/Pose", frame, x, confidence)
};
}  // namespace newer
namespace other {
struct Pose {
  std::string x;
  std::string frame;
  WEFT_MESSAGE("test/Pose", x, frame)
};
}  // namespace other

// One schema, two memory layouts: only the listing order travels.
namespace swapped {
struct Vec3 {
  double z = 0;
  double y = 0;
  double x = 0;
  WEFT_MESSAGE("test/Vec3", x, y, z)
};
}  // namespace swapped

// An enumerator that only the newer program knows.
namespace older {
enum class Mode : std::uint8_t { off, on };
WEFT_ENUM(Mode, "test/Mode", off, on)
struct State {
  Mode mode = Mode::off;
  WEFT_MESSAGE("test/State", mode)
};
}  // namespace older
namespace newer {
enum class Mode : std::uint8_t { off, on, standby };
WEFT_ENUM(Mode, "test/Mode", off, on, standby)
struct State {
  Mode mode = Mode::off;
  WEFT_MESSAGE("test/State", mode)
};
}  // namespace newer

constexpr Topic<older::Pose> old_poses{"test/pose"};
constexpr Topic<newer::Pose> new_poses{"test/pose"};
constexpr Topic<other::Pose> other_poses{"test/pose"};

template <Message Out, Message In>
Result<Sample<In>> pass(std::string_view scheme, const Topic<Out>& out, const Topic<In>& in,
                        const Out& message) {
  auto node = make_node();
  auto publisher = node.publisher(out).value();
  auto subscriber = node.subscriber(in).value();
  WEFT_CHECK(subscriber.connect(publisher.bind(bindable(scheme)).value()));
  WEFT_CHECK(subscriber.wait_matched(1, patience));
  WEFT_CHECK(publisher.wait_matched(1, patience));
  WEFT_CHECK(publisher.send(message));
  return subscriber.receive(patience);
}

std::string scheme() {
  return GENERATE(from_range(schemes()));
}

}  // namespace

TEST_CASE("a newer reader takes an older writer's messages, with its own defaults for what is missing") {
  const auto road = scheme();
  CAPTURE(road);
  const auto sample = pass(road, old_poses, new_poses, {1.5F, "map"}).value();
  REQUIRE(sample->x == 1.5);
  REQUIRE(sample->frame == "map");
  REQUIRE(sample->confidence == 0.5);
}

TEST_CASE("a receive that times out says how many messages came that could not be read") {
  auto node = make_node();
  auto publisher = node.publisher(Topic<newer::State>("test/state")).value();
  auto subscriber = node.subscriber(Topic<older::State>("test/state")).value();
  REQUIRE(subscriber.connect(publisher.bind(bindable(scheme())).value()));
  REQUIRE(subscriber.wait_matched(1, patience));
  REQUIRE(publisher.wait_matched(1, patience));
  REQUIRE(publisher.send(newer::State{newer::Mode::standby}));
  REQUIRE(publisher.send(newer::State{newer::Mode::on}));
  CHECK((*subscriber.receive(patience).value()).mode == older::Mode::on);
  CHECK(subscriber.receive(Deadline::passed()).error().message ==
        "test/state: no message in time; 1 came that cannot be read; "
        "is a peer running at each endpoint, and not busy?");
}

TEST_CASE("types that do not fit are refused with the field and both types, at both ends") {
  const auto road = scheme();
  CAPTURE(road);
  const auto refused = pass(road, old_poses, other_poses, {1.5F, "map"});
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().code == Errc::incompatible);
  REQUIRE_THAT(refused.error().message, Catch::Contains("x: read as string, written as f32"));

  auto node = make_node();
  auto publisher = node.publisher(old_poses).value();
  auto subscriber = node.subscriber(other_poses).value();
  subscriber.connect(publisher.bind(bindable(road)).value()).value();
  REQUIRE_FALSE(subscriber.wait_matched(1, patience));
  const auto matched = publisher.wait_matched(1, Deadline::none());
  REQUIRE_FALSE(matched);
  REQUIRE(matched.error().code == Errc::incompatible);
  REQUIRE_THAT(matched.error().message, Catch::Contains("x: "));
}

TEST_CASE("a reliable publisher is not held up by a subscriber whose type does not fit") {
  const auto road = scheme();
  CAPTURE(road);
  constexpr Topic<older::Pose> out{"test/pose", {.reliability = Reliability::reliable, .depth = 2}};
  constexpr Topic<other::Pose> in{"test/pose", {.reliability = Reliability::reliable, .depth = 2}};
  auto node = make_node();
  auto publisher = node.publisher(out).value();
  auto subscriber = node.subscriber(in).value();
  subscriber.connect(publisher.bind(bindable(road)).value()).value();
  REQUIRE_FALSE(subscriber.wait_matched(1, patience));
  for (int i = 0; i < 100; ++i)
    publisher.send({}, patience).value();
}

TEST_CASE("a reliable subscriber of a best-effort publisher is refused, with the clause, at both ends") {
  const auto road = scheme();
  CAPTURE(road);
  auto node = make_node();
  auto publisher = node.publisher(notes).value();
  auto subscriber = node.subscriber(reliable_notes).value();
  subscriber.connect(publisher.bind(bindable(road)).value()).value();
  const auto ready = subscriber.wait_matched(1, patience);
  const std::string clause = "reliability: requested reliable, offered best_effort";
  REQUIRE_FALSE(ready);
  REQUIRE(ready.error().code == Errc::incompatible);
  REQUIRE_THAT(ready.error().message, Catch::Contains(clause));
  const auto matched = publisher.wait_matched(1, 100ms);
  REQUIRE_FALSE(matched);
  REQUIRE(matched.error().code == Errc::incompatible);
  REQUIRE_THAT(matched.error().message, Catch::Contains(clause));
  REQUIRE_THAT(subscriber.counters().links.at(0).refusal, Catch::Contains(clause));
}

TEST_CASE("a best-effort subscriber of a reliable publisher is welcome") {
  const auto road = scheme();
  CAPTURE(road);
  REQUIRE(pass(road, reliable_notes, notes, {1, "a"}).value()->number == 1);
}

TEST_CASE("a subscriber of another topic at the same endpoint is told so") {
  const auto road = scheme();
  CAPTURE(road);
  const auto refused = pass(road, vectors, Topic<Vec3>("test/elsewhere"), {1, 2, 3});
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().code == Errc::incompatible);
  REQUIRE_THAT(refused.error().message, Catch::Contains("test/vectors"));
}

TEST_CASE("two C++ types of one schema understand each other whatever their memory looks like") {
  const auto road = scheme();
  CAPTURE(road);
  const auto sample = pass(road, vectors, Topic<swapped::Vec3>("test/vectors"), {1, 2, 3}).value();
  REQUIRE(sample->x == 1);
  REQUIRE(sample->z == 3);
}

}  // namespace weft::test
