// Coroutines: they wait for ports and timers without a thread, lose nothing, and end when they are asked to.
#include <thread>

#include "node/kit.hpp"
#include "run/executor.hpp"

namespace weft::test {

namespace {

/// What a coroutine of a test comes to, under a watchdog.
template <class T>
class Outcome {
 public:
  void set(T value) {
    value_ = std::move(value);
    set_ = true;
  }
  T& get() {
    for (const Deadline watchdog = patience; !set_; std::this_thread::yield())
      REQUIRE_FALSE(watchdog.has_passed(now()));
    return value_;
  }
  [[nodiscard]] bool is_set() const { return set_; }

 private:
  T value_{};
  std::atomic<bool> set_{false};
};

Task<std::uint64_t> sum(Subscriber<Note>& subscriber, std::uint64_t count) {
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto note = co_await subscriber.next();
    total += note.value()->number;
  }
  co_return total;
}

Task<> report(Task<std::uint64_t> task, Outcome<std::uint64_t>& outcome) {
  const auto value = co_await std::move(task);
  outcome.set(value);
}

Task<> count_until_stopped(Subscriber<Note>& subscriber, Outcome<Errc>& outcome, std::atomic<int>& messages) {
  for (;;) {
    auto note = co_await subscriber.next();
    if (!note) {
      outcome.set(note.error().code);
      co_return;
    }
    ++messages;
  }
}

struct Pair {
  Node node = make_node();
  Publisher<Note> publisher = node.publisher(reliable_notes).value();
  Subscriber<Note> subscriber = node.subscriber(reliable_notes).value();

  explicit Pair(const std::string& endpoint) {
    subscriber.connect(publisher.bind(endpoint).value()).value();
    publisher.wait_matched(1, patience).value();
  }
};

}  // namespace

TEST_CASE("a coroutine awaits every message, in its order, over each transport") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr std::uint64_t count = 2'000;
  Pair pair(bindable(scheme));
  auto executor = Executor::create({.threads = 2}).value();
  Outcome<std::uint64_t> outcome;
  executor->spawn(report(sum(pair.subscriber, count), outcome));
  for (std::uint64_t i = 1; i <= count; ++i)
    pair.publisher.send({i, ""}, patience).value();
  CHECK(outcome.get() == count * (count + 1) / 2);
}

TEST_CASE("a stop token ends a wait as cancelled, and takes nothing") {
  Pair pair("inproc://coroutines");
  auto executor = Executor::create().value();
  std::stop_source stop;
  Outcome<Errc> outcome;
  std::atomic<int> messages{0};
  executor->spawn(count_until_stopped(pair.subscriber, outcome, messages), stop.get_token());
  pair.publisher.send({1, ""}, patience).value();
  for (const Deadline watchdog = patience; messages < 1; std::this_thread::yield())
    REQUIRE_FALSE(watchdog.has_passed(now()));
  stop.request_stop();
  CHECK(outcome.get() == Errc::cancelled);
  pair.publisher.send({2, ""}, patience).value();
  CHECK(pair.subscriber.receive(patience).value()->number == 2);
}

TEST_CASE("stopping meets a coroutine at any moment, and ends it once") {
  Pair pair("inproc://coroutines");
  auto executor = Executor::create({.threads = 2}).value();
  std::uint64_t sent = 0;
  std::atomic<int> messages{0};
  for (int round = 0; round < 2'000; ++round) {
    std::stop_source stop;
    Outcome<Errc> outcome;
    executor->spawn(count_until_stopped(pair.subscriber, outcome, messages), stop.get_token());
    if (round % 3 == 0) pair.publisher.send({++sent, ""}, patience).value();
    stop.request_stop();
    REQUIRE(outcome.get() == Errc::cancelled);
  }
  while (pair.subscriber.try_receive())
    ++messages;
  CHECK(std::uint64_t(messages) == sent);
}

TEST_CASE("an executor that stops ends the waits of its coroutines") {
  Pair pair("inproc://coroutines");
  Outcome<Errc> outcome;
  std::atomic<int> messages{0};
  {
    auto executor = Executor::create().value();
    executor->spawn(count_until_stopped(pair.subscriber, outcome, messages));
    pair.publisher.send({1, ""}, patience).value();
    for (const Deadline watchdog = patience; messages < 1; std::this_thread::yield())
      REQUIRE_FALSE(watchdog.has_passed(now()));
    executor->stop();
  }
  REQUIRE(outcome.is_set());
  CHECK(outcome.get() == Errc::cancelled);
}

namespace {

Task<> beat(Timer& timer, std::uint64_t beats, Outcome<std::uint64_t>& outcome) {
  std::uint64_t seen = 0;
  while (seen < beats)
    seen += (co_await timer.next()).value();
  outcome.set(seen);
}

Task<> drain(Subscriber<Note>& one, Subscriber<Note>& other, std::uint64_t count,
             Outcome<std::uint64_t>& outcome) {
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto first = co_await when_any(one.next(), other.next());
    const auto take = [&](auto& note) { total += note.value()->number; };
    std::visit(take, first);
  }
  outcome.set(total);
}

Task<> with_timeout(Subscriber<Note>& subscriber, Outcome<std::size_t>& outcome) {
  auto timer = Timer::after(1ms).value();
  const auto first = co_await when_any(subscriber.next(), timer.next());
  outcome.set(first.index());
}

Task<> fail() {
  throw std::runtime_error("as planned");
  co_return;
}

Task<> pass_on() {
  co_await fail();
}

}  // namespace

TEST_CASE("a coroutine awaits a timer's beats") {
  auto executor = Executor::create().value();
  auto timer = Timer::every(1ms).value();
  Outcome<std::uint64_t> outcome;
  executor->spawn(beat(timer, 5, outcome));
  CHECK(outcome.get() >= 5);
}

TEST_CASE("when_any takes from one of two that both have something, and the other's is next") {
  constexpr std::uint64_t count = 2'000;
  Pair one("inproc://one");
  Pair other("ipc://other");
  auto executor = Executor::create({.threads = 3}).value();
  Outcome<std::uint64_t> outcome;
  executor->spawn(drain(one.subscriber, other.subscriber, 2 * count, outcome));
  std::jthread beside([&] {
    for (std::uint64_t i = 1; i <= count; ++i)
      other.publisher.send({i, ""}, patience).value();
  });
  for (std::uint64_t i = 1; i <= count; ++i)
    one.publisher.send({i, ""}, patience).value();
  CHECK(outcome.get() == count * (count + 1));
}

TEST_CASE("when_any with a timer is a deadline") {
  Pair pair("inproc://coroutines");
  auto executor = Executor::create().value();
  Outcome<std::size_t> outcome;
  executor->spawn(with_timeout(pair.subscriber, outcome));
  CHECK(outcome.get() == 1);
}

TEST_CASE("what a coroutine throws is thrown where it is awaited, and at the root given to the program") {
  Outcome<std::string> thrown;
  auto executor = Executor::create({.on_exception = [&](const std::exception_ptr& exception) {
                    try {
                      std::rethrow_exception(exception);
                    } catch (const std::runtime_error& error) {
                      thrown.set(error.what());
                    }
                  }}).value();
  executor->spawn(pass_on());
  CHECK(thrown.get() == "as planned");
}

TEST_CASE("a coroutine that was never begun frees what it holds") {
  Pair pair("inproc://coroutines");
  Outcome<std::uint64_t> outcome;
  { const auto task = report(sum(pair.subscriber, 1), outcome); }
  auto executor = Executor::create().value();
  executor->stop();
  executor->wait();
  executor->spawn(report(sum(pair.subscriber, 1), outcome));
  CHECK_FALSE(outcome.is_set());
}

namespace {

constexpr Service<Note, Note> note_echo{"test/note_echo"};

Task<> call_all(Client<Note, Note>& client, std::uint64_t count, Outcome<std::uint64_t>& outcome) {
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto left = client.call({i, "left"}, patience);
    auto right = client.call({i, "right"}, patience);
    auto second = co_await right;
    auto first = co_await left;
    total += first.value()->number + second.value()->number;
  }
  outcome.set(total);
}

Task<> first_of_two(Client<Note, Note>& client, Outcome<std::uint64_t>& outcome) {
  auto left = client.call({1, "left"}, patience);
  auto right = client.call({2, "right"}, patience);
  std::uint64_t total = 0;
  const auto take = [&](auto& reply) { total += reply.value()->number; };
  auto first = co_await when_any(left.next(), right.next());
  std::visit(take, first);
  // Not `?:` with co_await in it: g++ 12 destroys its result twice.
  auto& other = first.index() == 0 ? right : left;
  auto second = co_await other;
  take(second);
  outcome.set(total);
}

Task<> call_once(Client<Note, Note>& client, Deadline deadline, Outcome<Errc>& outcome) {
  auto call = client.call({1, ""}, deadline);
  auto answer = co_await call;
  outcome.set(answer ? Errc{} : answer.error().code);
}

}  // namespace

TEST_CASE("a coroutine awaits its calls, several at a time, over each transport") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  auto server = node.serve(note_echo, [](const Note& q) { return q; }).value();
  auto client = node.client(note_echo).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  auto executor = Executor::create({.threads = 2}).value();
  const auto serving = executor->on(server).value();
  Outcome<std::uint64_t> total;
  executor->spawn(call_all(client, 100, total));
  CHECK(total.get() == 99 * 100);
}

TEST_CASE("when_any waits for two calls of one client") {
  auto node = make_node();
  auto server = node.serve(note_echo, [](const Note& q) { return q; }).value();
  auto client = node.client(note_echo).value();
  client.connect(server.bind("inproc://two-calls").value()).value();
  auto executor = Executor::create().value();
  const auto serving = executor->on(server).value();
  Outcome<std::uint64_t> total;
  executor->spawn(first_of_two(client, total));
  CHECK(total.get() == 3);
}

TEST_CASE("a port that a callback has cannot be awaited") {
  Pair pair("inproc://taken");
  auto executor = Executor::create().value();
  const auto callback = executor->on(pair.subscriber, [](const Sample<Note>&) {}).value();
  Outcome<Errc> outcome;
  std::atomic<int> messages{0};
  executor->spawn(count_until_stopped(pair.subscriber, outcome, messages));
  CHECK(outcome.get() == Errc::in_use);
}

TEST_CASE("a coroutine's call ends at its deadline, and when it is asked to stop, which its server is told") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  auto server = node.serve(note_echo, [](const Note& q) { return q; }).value();
  auto client = node.client(note_echo).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  {
    const std::jthread linking([&](const std::stop_token& stop) { server.run(stop).value(); });
    client.wait_matched(1, patience).value();
  }
  auto executor = Executor::create({.threads = 1}).value();
  Outcome<Errc> late;
  executor->spawn(call_once(client, 10ms, late));
  CHECK(late.get() == Errc::timeout);
  Outcome<Errc> stopped;
  std::stop_source stop;
  executor->spawn(call_once(client, Deadline::none(), stopped), stop.get_token());
  stop.request_stop();
  CHECK(stopped.get() == Errc::cancelled);
  Outcome<Errc> answered;
  executor->spawn(call_once(client, patience, answered));
  for (const Deadline watchdog = patience; !answered.is_set();) {
    REQUIRE_FALSE(watchdog.has_passed(now()));
    server.try_serve();
  }
  CHECK(answered.get() == Errc{});
}

}  // namespace weft::test
