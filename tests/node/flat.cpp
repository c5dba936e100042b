// Messages that travel as raw memory, where transport and readers allow that.
#include <nlohmann/json.hpp>

#include "kit.hpp"
#include "node/dynamic.hpp"

namespace weft::test {

namespace {

constexpr std::string_view raw = "toy-aligned";

namespace newer {
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
  double w = 1;
  WEFT_MESSAGE("test/Vec3", x, y, z, w)
};
}  // namespace newer

// The same schema in another memory: only the listing order travels.
namespace swapped {
struct Vec3 {
  double z = 0;
  double y = 0;
  double x = 0;
  WEFT_MESSAGE("test/Vec3", x, y, z)
};
}  // namespace swapped

constexpr Topic<newer::Vec3> newer_vectors{"test/vectors"};
constexpr Topic<swapped::Vec3> swapped_vectors{"test/vectors"};

/// A publisher of flat messages where they can travel flat, and a subscriber of the same type.
struct Flat {
  Flat() {
    subscriber.connect(uri).value();
    subscriber.wait_matched(1, patience).value();
    publisher.wait_matched(1, patience).value();
  }
  template <class Subscriber>
  Subscriber joined(Subscriber other) {
    other.connect(uri).value();
    other.wait_matched(1, patience).value();
    publisher.wait_matched(2, patience).value();
    return other;
  }

  Node node = make_node();
  Publisher<Vec3> publisher = node.publisher(vectors).value();
  std::string uri = publisher.bind(bindable(raw)).value();
  Subscriber<Vec3> subscriber = node.subscriber(vectors).value();
};

}  // namespace

TEST_CASE("a flat message travels as raw memory to a reader of the same type, and is read in place") {
  Flat flat;
  flat.publisher.send({1, 2, 3}).value();
  const auto sample = flat.subscriber.receive(patience).value();
  CHECK(sample.header().kind == wire::Kind::flat);
  CHECK(sample->x == 1);
  CHECK(sample->z == 3);
}

TEST_CASE("a loan of a flat message is the transport's own memory, and is sent as it is") {
  Flat flat;
  auto loan = flat.publisher.loan().value();
  CHECK(loan->x == 0);
  *loan = {1, 2, 3};
  flat.publisher.send(std::move(loan)).value();
  { auto dropped = flat.publisher.loan().value(); }
  const auto sample = flat.subscriber.receive(patience).value();
  CHECK(sample.header().kind == wire::Kind::flat);
  CHECK(sample.header().sequence == 1);
  CHECK(sample->y == 2);
  CHECK_FALSE(flat.subscriber.try_receive());
}

TEST_CASE("a reader of the same schema whose memory differs reads a flat message field by field") {
  Flat flat;
  auto other = flat.joined(flat.node.subscriber(swapped_vectors).value());
  flat.publisher.send({1, 2, 3}).value();
  CHECK(flat.subscriber.receive(patience).value().header().kind == wire::Kind::flat);
  const auto sample = other.receive(patience).value();
  CHECK(sample.header().kind == wire::Kind::flat);
  CHECK(sample->x == 1);
  CHECK(sample->z == 3);
}

TEST_CASE("a reader that needs a plan gets flat types encoded, as long as it is there") {
  Flat flat;
  {
    auto other = flat.joined(flat.node.subscriber(newer_vectors).value());
    flat.publisher.send({1, 2, 3}).value();
    CHECK(other.receive(patience).value()->y == 2);
    CHECK(flat.subscriber.receive(patience).value()->y == 2);
    CHECK(other.counters().total.dropped_total() == 0);
  }
  while (flat.publisher.matched() != 1)
    std::this_thread::yield();
  flat.publisher.send({4, 5, 6}).value();
  CHECK(flat.subscriber.receive(patience).value().header().kind == wire::Kind::flat);
}

TEST_CASE("a reader of any type gets flat types encoded") {
  Flat flat;
  auto other = flat.joined(DynamicSubscriber::create(flat.node.context(), vectors.name(), {}).value());
  flat.publisher.send({1, 2, 3}).value();
  CHECK(other.receive(patience).value().json().value().at("z") == 3);
  CHECK(flat.subscriber.receive(patience).value()->z == 3);
  CHECK(other.counters().total.dropped_total() == 0);
}

TEST_CASE("a loan that was lent before a reader came that needs a plan is encoded for all") {
  Flat flat;
  auto loan = flat.publisher.loan().value();
  *loan = {1, 2, 3};
  auto other = flat.joined(flat.node.subscriber(newer_vectors).value());
  flat.publisher.send(std::move(loan)).value();
  CHECK(other.receive(patience).value()->z == 3);
  CHECK(flat.subscriber.receive(patience).value()->z == 3);
}

TEST_CASE("a loan sent in place reaches the subscribers on other transports, too") {
  Flat flat;
  auto other = flat.node.subscriber(vectors).value();
  other.connect(flat.publisher.bind(bindable("ipc")).value()).value();
  other.wait_matched(1, patience).value();
  flat.publisher.wait_matched(2, patience).value();
  auto loan = flat.publisher.loan().value();
  *loan = {1, 2, 3};
  flat.publisher.send(std::move(loan)).value();
  CHECK(flat.subscriber.receive(patience).value().header().kind == wire::Kind::flat);
  CHECK(other.receive(patience).value()->z == 3);
}

}  // namespace weft::test
