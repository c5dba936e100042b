// What a reader finds out about what it got.
#include "stage/receiving.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace weft::perf {

namespace {

/// Its payloads are kept by pointers to their numbers.
class Kept final : public Reader {
 public:
  std::optional<BytesView> receive() override { return {}; }
  std::shared_ptr<const void> keep() override {
    kept.push_back(std::make_shared<std::size_t>(kept.size()));
    return kept.back();
  }
  [[nodiscard]] std::optional<Drops> drops() const override { return counted; }
  [[nodiscard]] std::vector<std::size_t> still_held() const {
    std::vector<std::size_t> out;
    for (const auto& each : kept)
      if (each.use_count() > 1) out.push_back(*each);
    return out;
  }

  std::vector<std::shared_ptr<std::size_t>> kept;
  std::optional<Drops> counted;
};

Bytes payload_of(const Mark& mark, std::size_t bytes) {
  Bytes payload(sizeof mark + bytes);
  fill(payload, mark);
  return payload;
}

Task subscribing(std::uint32_t publishers, Reading reading = Reading::all) {
  return {.role = Role::subscribe, .others = publishers, .bytes = 8, .reading = reading};
}

/// A subscriber of these publishers with 8 bytes, and its reader.
struct Subscriber {
  explicit Subscriber(Task its_task) : task(std::move(its_task)), received(task) {}
  void take(const Mark& mark) { received.take(payload_of(mark, 8), reader); }
  [[nodiscard]] nlohmann::json result() { return received.result(reader); }

  const Task task;
  Kept reader;
  Received received;
};

}  // namespace

TEST_CASE("the books of each publisher are its own") {
  Subscriber subscriber(subscribing(2));
  for (const auto sequence : {1U, 2U, 4U})
    subscriber.take({.sequence = sequence, .writer = 0});
  for (const auto sequence : {1U, 3U, 2U, 2U})
    subscriber.take({.sequence = sequence, .writer = 1});
  const auto writers = subscriber.result()["writers"];
  CHECK(writers[0] == nlohmann::json{{"delivered", 3}, {"last", 4}, {"gaps", 1}, {"late", 0}, {"twice", 0}});
  CHECK(writers[1] == nlohmann::json{{"delivered", 3}, {"last", 3}, {"gaps", 0}, {"late", 1}, {"twice", 1}});
}

TEST_CASE("a subscriber is done when each publisher has said that it is") {
  Subscriber subscriber(subscribing(2));
  subscriber.take({.sequence = 1, .writer = 0, .phase = Phase::end});
  CHECK_FALSE(subscriber.received.ended());
  subscriber.take({.sequence = 1, .writer = 1, .phase = Phase::end});
  CHECK(subscriber.received.ended());
}

TEST_CASE("a worker and an echo are done when they are told, not by a mark") {
  Subscriber worker({.role = GENERATE(Role::pull, Role::echo), .others = 3, .bytes = 8});
  worker.take({.sequence = 1});
  CHECK_FALSE(worker.received.ended());
}

TEST_CASE("what belongs to the measured phase alone is measured") {
  Subscriber subscriber(subscribing(1));
  std::uint64_t sequence = 0;
  for (const auto phase : {Phase::warm_up, Phase::measured, Phase::measured, Phase::end})
    subscriber.take({.stamp_ns = monotonic_ns(), .sequence = ++sequence, .phase = phase});
  const auto result = subscriber.result();
  CHECK(result["delivered"] == 2);
  CHECK(Histogram::from_json(result["one_way"]).value().count() == 2);
  CHECK(result["writers"][0]["delivered"] == 4);
}

TEST_CASE(
    "messages that do not say when they were sent are counted, and the end tells until when they came") {
  auto task = subscribing(1);
  task.stamped = 16;
  Subscriber subscriber(task);
  std::uint64_t sequence = 0;
  for (int i = 0; i < 3; ++i)
    subscriber.take({.sequence = ++sequence, .phase = Phase::measured});
  const auto before = subscriber.result();
  CHECK(before["delivered"] == 3);
  CHECK(before["seconds"] == 0);
  CHECK(Histogram::from_json(before["one_way"]).value().count() == 0);
  subscriber.take({.stamp_ns = monotonic_ns(), .sequence = ++sequence, .phase = Phase::measured});
  subscriber.take({.sequence = ++sequence, .phase = Phase::measured});
  const auto last_stamped = subscriber.result()["seconds"].get<double>();
  subscriber.take({.sequence = ++sequence, .phase = Phase::end});
  const auto after = subscriber.result();
  CHECK(after["delivered"] == 5);
  CHECK(after["seconds"] > last_stamped);
  CHECK(Histogram::from_json(after["one_way"]).value().count() == 1);
}

TEST_CASE("a message from the future was on its way for no time") {
  Subscriber subscriber(subscribing(1));
  subscriber.take({.stamp_ns = INT64_MAX, .sequence = 1, .phase = Phase::measured});
  CHECK(Histogram::from_json(subscriber.result()["one_way"]).value().most() == 0);
}

TEST_CASE("who reads all sees a broken byte, who looks at the mark does not") {
  const auto reading = GENERATE(Reading::mark, Reading::all, Reading::hold);
  Subscriber subscriber(subscribing(1, reading));
  auto payload = payload_of({.sequence = 1}, 8);
  payload.back() ^= std::byte{1};
  subscriber.received.take(payload, subscriber.reader);
  CHECK(subscriber.result()["broken"] == (reading == Reading::mark ? 0 : 1));
}

TEST_CASE("a payload of another size is broken, however it is read") {
  const auto bytes = GENERATE(0U, 7U, 9U);
  Subscriber subscriber(subscribing(1, GENERATE(Reading::mark, Reading::all)));
  subscriber.received.take(payload_of({.sequence = 1}, bytes), subscriber.reader);
  CHECK(subscriber.result()["broken"] == 1);
}

TEST_CASE("a payload that is too short for a mark is broken, and of no publisher") {
  Subscriber subscriber(subscribing(1));
  subscriber.received.take(Bytes(3), subscriber.reader);
  const auto result = subscriber.result();
  CHECK(result["broken"] == 1);
  CHECK(result["delivered"] == 0);
  CHECK(result["writers"][0]["delivered"] == 0);
  CHECK_FALSE(subscriber.received.ended());
}

TEST_CASE("who holds samples holds the last 8") {
  Subscriber subscriber(subscribing(1, Reading::hold));
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence)
    subscriber.take({.sequence = sequence});
  CHECK(subscriber.reader.kept.size() == 20);
  CHECK(subscriber.reader.still_held() == std::vector<std::size_t>{12, 13, 14, 15, 16, 17, 18, 19});
}

TEST_CASE("who does not hold samples keeps none") {
  Subscriber subscriber(subscribing(1));
  subscriber.take({.sequence = 1});
  CHECK(subscriber.reader.kept.empty());
}

TEST_CASE("what a peer counts as lost is told, and that it counts nothing is another thing") {
  Subscriber subscriber(subscribing(1));
  CHECK_FALSE(subscriber.result().contains("drops"));
  subscriber.reader.counted = Drops{};
  CHECK(subscriber.result()["drops"].empty());
  subscriber.reader.counted = Drops{{"no room", 3}};
  CHECK(subscriber.result()["drops"] == nlohmann::json{{"no room", 3}});
}

}  // namespace weft::perf
