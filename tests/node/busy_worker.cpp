// What a worker has in advance reaches it by itself: also what travelled with others, since it had much to do already.
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "kit.hpp"
#include "kit/busy.hpp"

namespace weft::test {

namespace {

/// A worker and a producer, matched.
struct Line {
  Line(std::string_view scheme, const Queue<Note>& jobs) : Line(scheme, jobs, jobs) {}
  Line(std::string_view scheme, const Queue<Note>& at_worker, const Queue<Note>& at_producer)
      : worker(node.worker(at_worker).value()), producer(node.producer(at_producer).value()) {
    producer.connect(worker.bind(bindable(scheme)).value()).value();
    while (producer.matched() == 0)
      REQUIRE_FALSE(worker.try_receive());
  }

  Node node = make_node();
  Worker<Note> worker;
  Producer<Note> producer;
};

}  // namespace

TEST_CASE(
    "items for a worker that has much to do reach it in order, though their producer does nothing more") {
  const auto scheme = GENERATE(from_range(schemes()));
  const auto reliability = GENERATE(Reliability::best_effort, Reliability::reliable);
  CAPTURE(scheme, reliability);
  const auto jobs = Queue<Note>::make("test/jobs", {.reliability = reliability}).value();
  Line line(scheme, jobs);
  auto& worker = line.worker;
  auto& producer = line.producer;
  std::uint64_t pushed = 0;
  std::uint64_t taken = 0;
  const auto push_all = [&] {
    while (producer.push({pushed + 1, "x"}, Deadline::passed()))
      ++pushed;
  };
  // A quick worker is given more and more in advance; under a sanitizer none may be quick enough.
  for (int round = 0; round < 10; ++round) {
    push_all();
    while (producer.counters().done < pushed) {
      while (auto item = worker.try_receive()) {
        REQUIRE((*item)->number == ++taken);
        item->done();
      }
      [[maybe_unused]] const auto workers = producer.matched();  // takes in what is done, and gives more
    }
  }
  push_all();
  while (taken < pushed) {
    auto item = worker.receive(patience).value();
    REQUIRE(item->number == ++taken);
    item.done();
  }
}

TEST_CASE("a worker is not held up by a producer whose program is elsewhere") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  // A few at each tick of the agent would take minutes.
  constexpr std::uint64_t items = 50'000;
  const Queue<Note> jobs("test/jobs", {.reliability = Reliability::reliable, .depth = items});
  Line line(scheme, jobs);
  auto& worker = line.worker;
  auto& producer = line.producer;
  for (std::uint64_t i = 1; i <= items; ++i)
    producer.push({i, "x"}, Deadline::passed()).value();
  const Deadline watchdog = patience;
  for (std::uint64_t i = 1; i <= items; ++i) {
    auto item = worker.receive(watchdog).value();
    REQUIRE(item->number == i);
    item.done();
  }
}

TEST_CASE("a program may keep as many items as its worker's depth, and no more, before it acknowledges any") {
  const auto scheme = GENERATE(from_range(schemes()));
  const auto elsewhere = GENERATE(false, true);
  CAPTURE(scheme, elsewhere);
  constexpr std::uint64_t depth = 40;
  constexpr std::uint64_t items = 2 * depth;
  constexpr auto reliable = Reliability::reliable;
  Line line(scheme, Queue<Note>("test/jobs", {.reliability = reliable, .depth = depth}),
            Queue<Note>("test/jobs", {.reliability = reliable, .depth = items}));
  for (std::uint64_t i = 1; i <= items; ++i)
    line.producer.push({i, "x"}, Deadline::passed()).value();
  std::vector<Item<Note>> kept;
  const auto take = [&] {
    auto item = line.worker.try_receive();
    if (item) kept.push_back(*std::move(item));
    if (!elsewhere) REQUIRE(line.producer.matched() == 1);
    return item.has_value();
  };
  for (const Deadline watchdog = patience; kept.size() < depth; take())
    REQUIRE_FALSE(watchdog.has_passed(now()));
  {
    // Whoever the agent works for is told all at once: that one more is asked for, and of each that it is done.
    std::optional<Busy> busy;
    if (elsewhere) busy.emplace(line.node.context()->agent());
    for (int i = 0; i < 100; ++i)
      REQUIRE_FALSE(take());
    for (auto& item : kept)
      item.done();
  }
  kept.clear();
  for (const Deadline watchdog = patience; kept.size() < items - depth; take())
    REQUIRE_FALSE(watchdog.has_passed(now()));
  for (auto& item : kept)
    item.done();
  CHECK(line.producer.flush(patience));
  CHECK(line.producer.counters().done == items);
}

TEST_CASE("programs that come, go and close while the agent does a producer's work lose nothing") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  const Queue<Note> jobs("test/jobs", {.reliability = Reliability::reliable});
  auto node = make_node();
  auto worker = node.worker(jobs).value();
  const auto at = worker.bind(bindable(scheme)).value();
  std::atomic<std::uint64_t> done{0};
  std::jthread working(
      [&](const std::stop_token& stop) { worker.run([&](const Note& /*item*/) { ++done; }, stop).value(); });
  std::uint64_t pushed = 0;
  for (int life = 0; life < 20; ++life) {
    auto producer = node.producer(jobs).value();
    producer.connect(at).value();
    producer.wait_matched(1, patience).value();
    for (int visit = 0; visit < 3; ++visit) {
      for (int i = 0; i < 400 + 100 * visit; ++i)
        producer.push({++pushed, "x"}, patience).value();
      while (visit == 1 && done < pushed)
        std::this_thread::yield();  // elsewhere
    }
  }
  for (const Deadline watchdog = patience; done < pushed;) {
    REQUIRE_FALSE(watchdog.has_passed(now()));
    std::this_thread::yield();
  }
  CHECK(done == pushed);
}

}  // namespace weft::test
