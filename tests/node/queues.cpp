// Producers and workers: every item is done once acknowledged, goes to another worker otherwise, and is accounted for.
#include <atomic>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include "finding.hpp"
#include "kit.hpp"
#include "run/executor.hpp"

namespace weft::test {

namespace {

namespace newer {
struct Note {
  std::string text;
  std::uint64_t number = 0;
  std::uint32_t colour = 7;
  WEFT_MESSAGE("test/Note", text, number, colour)
};
}  // namespace newer

constexpr Qos few{.reliability = Reliability::reliable, .depth = 8, .attempts = 2};
constexpr Queue<Note> jobs{"test/jobs"};
constexpr Queue<Note> few_jobs{"test/jobs", few};
constexpr Queue<Note> best_effort_jobs{"test/jobs", {.reliability = Reliability::best_effort, .depth = 8}};
constexpr Queue<newer::Note> newer_jobs{"test/jobs"};
constexpr Queue<Vec3> other_jobs{"test/jobs"};
constexpr Topic<Note> dead_jobs{"test/jobs/dead", {.reliability = Reliability::reliable}};

/// Endpoints of several workers on one transport.
std::string place(std::string_view scheme, int worker) {
  return bindable(scheme, std::to_string(worker));
}

/// A producer and workers that are joined by hand.
struct Line {
  explicit Line(std::string_view scheme, const Queue<Note>& queue = jobs, int workers_count = 1)
      : producer(node.producer(queue).value()) {
    for (int i = 0; i < workers_count; ++i) {
      workers.push_back(node.worker(queue).value());
      producer.connect(workers.back().bind(place(scheme, i)).value()).value();
    }
    wait_matched(unsigned(workers_count));
  }
  /// A worker learns of its producer while it looks for items.
  void wait_matched(unsigned n) {
    for (const Deadline watchdog = patience; producer.matched() < n;) {
      REQUIRE_FALSE(watchdog.has_passed(now()));
      for (auto& worker : workers)
        REQUIRE_FALSE(worker.try_receive());
    }
  }
  Item<Note> receive(std::size_t worker = 0) { return workers[worker].receive(patience).value(); }
  void push(std::uint64_t number, const PushOptions& options = {}) {
    producer.push({number, "x"}, options, patience).value();
  }

  Node node = make_node();
  Producer<Note> producer;
  std::deque<Worker<Note>> workers;
};

}  // namespace

TEST_CASE("every item is handed to a worker once, and done when that has said so") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Line line(scheme, jobs, 2);
  std::set<std::uint64_t> seen;
  std::jthread work([&](const std::stop_token& stop) {
    const auto note = [&](const Note& item) { REQUIRE(seen.insert(item.number).second); };
    while (!stop.stop_requested()) {
      for (auto& worker : line.workers)
        worker.try_work(note);
    }
  });
  for (std::uint64_t i = 1; i <= 5000; ++i)
    line.push(i);
  line.producer.flush(patience).value();
  work.request_stop();
  work.join();
  CHECK(seen.size() == 5000);
  CHECK(line.producer.counters() == QueueCounters{.pushed = 5000, .done = 5000});
}

TEST_CASE("an item that is refused is tried again, after its rest") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Line line(scheme);
  line.push(1);
  auto first = line.receive();
  CHECK(first.attempt() == 1);
  const auto begin = now();
  first.refuse(30ms);
  auto second = line.receive();
  CHECK(now() - begin >= 30ms);
  CHECK(second->number == 1);
  CHECK(second.attempt() == 2);
  CHECK(second.header().source == first.header().source);
  CHECK(second.header().sequence == first.header().sequence);
  CHECK(second.header().stamp == first.header().stamp);
  second.done();
  line.producer.flush(patience).value();
  CHECK(line.producer.counters() == QueueCounters{.pushed = 1, .done = 1, .refused = 1, .redelivered = 1});
}

TEST_CASE("an item that its worker drops by an exception is refused, and the exception passes through") {
  Line line("ipc");
  line.push(1);
  const auto fail = [](const Note&) { throw std::runtime_error("out of paper"); };
  CHECK_THROWS_WITH(line.workers[0].run(fail, {}), "out of paper");
  auto again = line.receive();
  CHECK(again.attempt() == 2);
  again.done();
}

TEST_CASE("an item whose handler answers an error is refused") {
  Line line("ipc");
  line.push(1);
  int calls = 0;
  const auto work = [&](const Note&) -> Result<void> {
    if (++calls == 1) return Error{Errc::unavailable, "not now"};
    return {};
  };
  while (calls < 2)
    line.workers[0].try_work(work);
  line.producer.flush(patience).value();
}

TEST_CASE("an item that failed as often as is allowed is published on the topic of the dead") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto context = make_context(true);
  auto node = make_node(context);
  auto dead = node.subscriber(dead_jobs).value();
  auto producer = node.producer(few_jobs).value();
  auto worker = node.worker(few_jobs).value();
  producer.wait_matched(1, patience).value();
  dead.wait_matched(1, patience).value();
  producer.push({7, "poison"}, patience).value();
  for (int i = 0; i < 2; ++i)
    worker.receive(patience).value().refuse();
  CHECK(dead.receive(patience).value()->text == "poison");
  producer.flush(patience).value();
  CHECK(producer.counters() == QueueCounters{.pushed = 1, .dead = 1, .refused = 2, .redelivered = 1});
  CHECK_FALSE(worker.try_receive());
}

TEST_CASE("what a worker had when it went is done by another, without a call of the producer's") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Line line(scheme, few_jobs, 2);
  for (std::uint64_t i = 1; i <= 8; ++i)
    line.push(i);
  std::set<std::uint64_t> done;
  auto in_hand = line.receive(0);
  const auto first = in_hand->number;
  in_hand.done();
  done.insert(first);
  {
    auto left =
        line.receive(0);  // dropped with the worker's End: whichever comes first, it is given out again
  }
  line.workers.pop_front();
  while (done.size() < 8) {
    auto item = line.receive(0);
    done.insert(item->number);
    item.done();
  }
  line.producer.flush(patience).value();
  const auto counters = line.producer.counters();
  CHECK(counters.done == 8);
  CHECK(counters.dead == 0);
  CHECK(counters.redelivered >= 1);
}

TEST_CASE("a worker that takes nothing keeps from the others only what it was given in advance") {
  Line line("ipc", jobs, 2);
  std::set<std::uint64_t> done;
  auto& busy = line.workers[1];
  std::jthread work([&](const std::stop_token& stop) {
    busy.run([&](const Note& item) { done.insert(item.number); }, stop).value();
  });
  for (std::uint64_t i = 1; i <= 900; ++i)
    line.push(i);
  for (const Deadline watchdog = patience; line.producer.counters().done < 900 - node::Credit::least;)
    REQUIRE_FALSE(watchdog.has_passed(now()));
  line.workers.pop_front();
  line.producer.flush(patience).value();
  work.request_stop();
  work.join();
  CHECK(done.size() == 900);
}

TEST_CASE("items of one key are done one after the other, in their order") {
  Line line("ipc", jobs, 2);
  for (std::uint64_t i = 1; i <= 100; ++i)
    line.push(i, {.key = i % 2 == 0 ? "even" : "odd"});
  std::map<bool, std::uint64_t> last;
  std::map<bool, int> in_hand;
  for (std::uint64_t done = 0; done < 100;) {
    for (auto& worker : line.workers) {
      auto item = worker.try_receive();
      if (!item) continue;
      const bool even = (*item)->number % 2 == 0;
      REQUIRE(++in_hand[even] == 1);
      REQUIRE((*item)->number > last[even]);
      if ((*item)->number % 10 == 3 && item->attempt() == 1) {
        item->refuse(1ms);
      } else {
        last[even] = (*item)->number;
        item->done();
        ++done;
      }
      --in_hand[even];
    }
  }
  line.producer.flush(patience).value();
}

TEST_CASE("of items that wait those of higher priority go first") {
  auto node = make_node();
  auto producer = node.producer(jobs).value();
  for (std::uint64_t i = 1; i <= 6; ++i)
    producer.push({i, ""}, {.priority = std::uint8_t(i % 3)}, patience).value();
  auto worker = node.worker(jobs).value();
  producer.connect(worker.bind("ipc://node-test").value()).value();
  std::vector<std::uint64_t> order;
  while (order.size() < 6) {
    auto item = worker.receive(patience).value();
    order.push_back(item->number);
    item.done();
  }
  CHECK(order == std::vector<std::uint64_t>{2, 5, 1, 4, 3, 6});
  producer.flush(patience).value();
}

TEST_CASE("push waits until there is room, and says after its deadline what is the matter") {
  Line line("ipc", few_jobs);
  for (std::uint64_t i = 1; i <= 8; ++i)
    line.push(i);
  const auto full = line.producer.push({9, ""}, Deadline::passed());
  REQUIRE(!full);
  CHECK(full.error().code == Errc::timeout);
  CHECK(full.error().message.find("test/jobs: no room in time; 8 items are not done") == 0);
  CHECK(line.producer.counters().pushed == 8);
  line.receive().done();
  line.push(9);
}

TEST_CASE("a worker has no more items in advance than its own depth, however many its producer may have") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr std::uint64_t depth = 4;
  constexpr Qos best_effort{.reliability = Reliability::best_effort, .depth = depth};
  auto node = make_node();
  auto worker = node.worker(Queue<Note>("test/jobs", best_effort)).value();
  auto producer =
      node.producer(Queue<Note>("test/jobs", {.reliability = Reliability::best_effort, .depth = 64})).value();
  producer.connect(worker.bind(bindable(scheme)).value()).value();
  while (producer.matched() == 0)
    REQUIRE_FALSE(worker.try_receive());
  for (std::uint64_t round = 1; round <= 50; ++round) {
    const auto before = producer.counters().pushed;
    while (producer.push({round, ""}, Deadline::passed())) {
    }
    const auto given = producer.counters().pushed - before;
    REQUIRE(given <= depth);
    for (std::uint64_t i = 0; i < given; ++i)
      worker.receive(patience).value().done();
    CHECK_FALSE(worker.try_receive());
    producer.flush(patience).value();
  }
}

TEST_CASE("counters are read by another thread while items flow") {
  Line line("inproc");
  std::atomic<bool> over{false};
  std::atomic<bool> in_order{true};
  std::jthread reader([&] {
    for (QueueCounters before; !over;) {
      const auto after = line.producer.counters();
      in_order = in_order && before.pushed <= after.pushed && before.done <= after.done;
      before = after;
    }
  });
  for (std::uint64_t i = 1; i <= 2'000; ++i) {
    line.push(i);
    line.receive().done();
  }
  line.producer.flush(patience).value();
  over = true;
  CHECK(in_order);
  CHECK(line.producer.counters() == QueueCounters{.pushed = 2'000, .done = 2'000});
}

TEST_CASE("a best-effort item is given to one worker, and lost with it") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Line line(scheme, best_effort_jobs);
  line.push(1);
  line.receive();  // dropped: it was taken
  line.producer.flush(patience).value();
  CHECK(line.producer.counters() == QueueCounters{.pushed = 1, .done = 1});
  line.push(2);
  line.push(3);
  line.workers.clear();
  for (const Deadline watchdog = patience; line.producer.counters().lost == 0; (void)line.producer.matched())
    REQUIRE_FALSE(watchdog.has_passed(now()));
  CHECK(line.producer.counters() == QueueCounters{.pushed = 3, .done = 1, .lost = 2});
  CHECK(line.producer.push({4, ""}, Deadline::passed()).error().code == Errc::timeout);
}

TEST_CASE("a key or a priority of a best-effort item is refused") {
  Line line("inproc", best_effort_jobs);
  for (const auto& options : {PushOptions{.key = "a"}, PushOptions{.priority = 1}}) {
    const auto pushed = line.producer.push({1, ""}, options, patience);
    REQUIRE(!pushed);
    CHECK(pushed.error().code == Errc::invalid_argument);
    CHECK(pushed.error().message == "test/jobs: a key and a priority need a reliable queue");
  }
}

TEST_CASE("producers and workers of one queue find each other, whoever comes first") {
  Daemon daemon;
  auto producers = discovering_node();
  auto workers = discovering_node();
  auto producer = producers.producer(jobs).value();
  producer.push({1, ""}, patience).value();
  auto worker = workers.worker(jobs).value();
  auto first = worker.receive(patience).value();
  CHECK(first->number == 1);
  first.done();
  auto late = producers.producer(jobs).value();
  late.push({2, ""}, patience).value();
  worker.receive(patience).value().done();
  producer.flush(patience).value();
  late.flush(patience).value();
}

TEST_CASE("a producer whose type is newer is read field by field, and one of another type is refused") {
  auto node = make_node();
  auto worker = node.worker(jobs).value();
  const auto uri = worker.bind("ipc://node-test").value();
  auto newer = node.producer(newer_jobs).value();
  newer.connect(uri).value();
  newer.push({"new", 3}, patience).value();
  auto item = worker.receive(patience).value();
  CHECK(item->text == "new");
  CHECK(item->number == 3);
  item.done();
  auto other = node.producer(other_jobs).value();
  other.connect(uri).value();
  std::jthread take_in([&](const std::stop_token& stop) { worker.run([](const Note&) {}, stop).value(); });
  const auto refused = other.wait_matched(1, patience);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::incompatible);
}

TEST_CASE("an executor does a worker's items, an exception refuses one and is reported") {
  Line line("ipc");
  std::atomic<int> thrown = 0;
  std::atomic<int> done = 0;
  auto executor =
      Executor::create({.threads = 2, .on_exception = [&](const std::exception_ptr&) { ++thrown; }}).value();
  auto kept = executor
                  ->on(line.workers[0],
                       [&](const Note& item) {
                         if (item.number == 3 && thrown == 0) throw std::runtime_error("once");
                         ++done;
                       })
                  .value();
  for (std::uint64_t i = 1; i <= 100; ++i)
    line.push(i);
  line.producer.flush(patience).value();
  CHECK(thrown == 1);
  CHECK(done == 100);
}

TEST_CASE("a coroutine takes a worker's items") {
  Line line("ipc");
  auto executor = Executor::create().value();
  const auto work = [](Worker<Note>& worker) -> Task<> {
    for (;;) {
      auto item = co_await worker.next();
      if (!item) co_return;
      item->done();
    }
  };
  executor->spawn(work(line.workers[0]));
  for (std::uint64_t i = 1; i <= 100; ++i)
    line.push(i);
  line.producer.flush(patience).value();
  CHECK(line.producer.counters().done == 100);
}

TEST_CASE("a receipt for what its worker does not have changes nothing") {
  auto node = make_node();
  auto producer = node.producer(jobs).value();
  producer.connect("ipc://node-test").value();
  struct Ignore final : transport::LinkObserver {
    bool matched(PortId, BytesView, std::uint64_t) override { return true; }
    void unmatched(PortId, DropCause) override {}
    void consumed(PortId, std::uint64_t) override {}
  } observer;
  auto* transport = node.context()->transport("ipc").value();
  transport::EndOptions options;
  options.role = transport::Role::inbox;
  options.id = node.context()->next_port();
  options.name = "test/jobs";
  options.announcement = node::announce({"test/jobs", std::string(schema_text<Note>()), {}, {}, true}, {});
  auto hostile = transport->open(std::move(options), observer).value();
  REQUIRE(hostile->bind(transport::Endpoint::parse("ipc://node-test").value()));
  producer.push({1, ""}, patience).value();
  transport::Frame item;
  for (const Deadline watchdog = patience; !hostile->receive(item);)
    REQUIRE_FALSE(watchdog.has_passed(now()));
  const auto answer = [&](wire::Kind kind, const Bytes& payload) {
    wire::Header header;
    header.kind = kind;
    transport::Loan loan;
    hostile->loan(loan, wire::header_bytes + payload.size(), &item.path, Deadline::none()).value();
    wire::write_header(header, loan.bytes);
    std::ranges::copy(payload, loan.bytes.begin() + wire::header_bytes);
    REQUIRE(hostile->send(loan));
  };
  using wire::Receipt;
  answer(wire::Kind::receipt, {});
  answer(wire::Kind::receipt, Bytes(100, std::byte{0xdd}));
  answer(wire::Kind::message, encode(Receipt{{1}, {}}));
  answer(wire::Kind::receipt, encode(Receipt{{0, 2, ~0ull}, {{0, 1s}, {~0ull, 1s}}}));
  answer(wire::Kind::receipt,
         encode(Receipt{std::vector<std::uint64_t>(1000, 1), {}}));  // more than it could have
  answer(wire::Kind::receipt, encode(Receipt{{}, {{1, Duration::min()}, {1, Duration::max()}, {1, 1s}}}));
  answer(wire::Kind::receipt, encode(Receipt{{1, 1, 1}, {{1, 0s}}}));
  for (const Deadline watchdog = patience; producer.counters().refused != 1; (void)producer.matched())
    REQUIRE_FALSE(watchdog.has_passed(now()));
  for (const Deadline watchdog = patience; !hostile->receive(item); (void)producer.matched())
    REQUIRE_FALSE(watchdog.has_passed(now()));
  answer(wire::Kind::receipt, encode(Receipt{{1, 1, 1}, {{1, 0s}}}));
  producer.flush(patience).value();
  CHECK(producer.counters() == QueueCounters{.pushed = 1, .done = 1, .refused = 1, .redelivered = 1});
}

}  // namespace weft::test
