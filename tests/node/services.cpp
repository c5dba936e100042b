// What services do beyond a call and its answer: many calls at a time, deadlines, cancelling, full servers, trying again.
#include <thread>

#include "kit.hpp"
#include "node/back_off.hpp"

namespace weft::test {

namespace {

constexpr Service<Question, Question> idempotent_echo{
    "test/echo", {.reliability = Reliability::reliable, .idempotent = true}};
constexpr Service<Question, Question> small_echo{"test/echo",
                                                 {.reliability = Reliability::reliable, .waiting = 2}};

constexpr Service<Question, Question> narrow_echo{"test/echo",
                                                  {.reliability = Reliability::reliable, .depth = 1}};

/// Goes on until it is true.
template <class Condition>
void until(Condition condition) {
  for (const Deadline watchdog = patience; !condition(); std::this_thread::yield())
    if (watchdog.has_passed(now())) throw std::runtime_error("it never comes true");
}

/// A server whose first request is worked at until `received` requests have come and `cancelled` were called off; and its
/// client. Both are this thread's.
struct Busy {
  std::uint64_t received = 0;
  std::uint64_t cancelled = 0;
  std::function<void()> meanwhile{};  // done at the beginning of the first
  std::vector<std::uint64_t> answered{};
  Node node = make_node();
  Server<Question, Question> server;
  Client<Question, Question> client;

  Busy(const Service<Question, Question>& service, const std::string& endpoint)
      : server(node.serve(service,
                          [this](const Question& q, Request& request) {
                            if (meanwhile) std::exchange(meanwhile, nullptr)();
                            until([&] {
                              static_cast<void>(request.cancelled());
                              const auto counters = server.counters();
                              return counters.received >= received && counters.cancelled >= cancelled;
                            });
                            answered.push_back(q.number);
                            return q;
                          })
                   .value()),
        client(node.client(service).value()) {
    client.connect(server.bind(endpoint).value()).value();
    std::jthread serving([this](const std::stop_token& stop) { server.run(stop).value(); });
    client.wait_matched(1, patience).value();
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
};

/// Serves on a thread of its own until it goes out of scope.
class Running {
 public:
  Running(Server<Question, Question> server, std::string_view endpoint)
      : server_(std::move(server)), uri_(server_.bind(endpoint).value()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { server_.run(stop).value(); });
  }
  [[nodiscard]] const std::string& uri() const { return uri_; }
  [[nodiscard]] ServerCounters counters() const { return server_.counters(); }

 private:
  Server<Question, Question> server_;
  std::string uri_;
  std::jthread thread_;  // last: joined first
};

}  // namespace

TEST_CASE("several calls of one client are under way at once, and each gets its own answer") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(echo, bindable(scheme));
  std::vector<Call<Question>> calls;
  for (std::uint64_t i = 0; i < 100; ++i)
    calls.push_back(busy.client.call({i}, patience));
  CHECK_FALSE(calls[0].try_take());
  for (std::uint64_t i = 0; i < 100; ++i)
    busy.server.serve_one(patience).value();
  for (std::uint64_t i = 100; i-- > 0;)
    CHECK(calls[i].wait().value()->number == i);
}

TEST_CASE("a call that is dropped before the server comes to it is not worked at") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(echo, bindable(scheme));
  busy.received = 3;
  busy.cancelled = 1;
  auto first = busy.client.call({1}, patience);
  { const auto dropped = busy.client.call({2}, patience); }
  auto last = busy.client.call({3}, patience);
  busy.server.serve_one(patience).value();
  busy.server.serve_one(patience).value();
  CHECK_FALSE(busy.server.try_serve());
  CHECK(first.wait().value()->number == 1);
  CHECK(last.wait().value()->number == 3);
  CHECK(busy.answered == std::vector<std::uint64_t>{1, 3});
  CHECK(busy.server.counters() == ServerCounters{3, 2, 0, 1, 0});
}

TEST_CASE("a handler is told that its caller has given up") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  std::atomic<bool> begun{false};
  auto server = node.serve(echo,
                           [&](const Question& q, Request& request) {
                             begun = true;
                             until([&] { return request.cancelled(); });
                             return q;
                           })
                    .value();
  auto client = node.client(echo).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  std::jthread serving([&] { server.serve_one(patience).value(); });
  auto call = client.call({1}, patience);
  until([&] {
    REQUIRE_FALSE(call.try_take());
    return begun.load();
  });
  { const auto dropped = std::move(call); }
  serving.join();
  CHECK(server.counters().answered == 1);
}

TEST_CASE("a request whose deadline has passed is not worked at") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(echo, bindable(scheme));
  CHECK(busy.client.call({1}, Deadline::passed()).wait().error().code == Errc::timeout);
  auto call = busy.client.call({2}, patience);
  busy.server.serve_one(patience).value();
  CHECK(call.wait().value()->number == 2);
  CHECK(busy.answered == std::vector<std::uint64_t>{2});
  CHECK(busy.server.counters() == ServerCounters{2, 1, 1, 0, 0});
}

TEST_CASE("a call whose server says after the deadline that nobody waits has timed out") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  bool began = false;
  auto server = node.serve(echo,
                           [&](const Question&, Request& request) -> Result<Question> {
                             began = true;
                             until([&] { return request.cancelled(); });
                             return Error{Errc::cancelled, "nobody waits"};
                           })
                    .value();
  auto client = node.client(echo).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  until([&] {
    server.try_serve();
    return client.matched() == 1;
  });
  while (!began) {  // a slow machine may drop it before
    auto call = client.call({1}, 20ms);
    [[maybe_unused]] const auto served = server.serve_one(20ms);
    CHECK(call.wait().error().code == Errc::timeout);
  }
}

// A request that is dropped is not answered: its server was taken for busy with it, and got no call any more.
TEST_CASE("a call that is given up does not count against its server") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  const bool cancelled = GENERATE(true, false);
  Busy one(echo, bindable(scheme));
  auto two = one.node.serve(echo, [](const Question& q) { return q; }).value();
  one.client.connect(two.bind(bindable(scheme, "-2")).value()).value();
  {
    const std::jthread serving([&](const std::stop_token& stop) { two.run(stop).value(); });
    one.client.wait_matched(2, patience).value();
  }
  {
    auto vain = one.client.call({1}, cancelled ? Deadline(patience) : Deadline::passed());
    if (!cancelled) CHECK(vain.wait().error().code == Errc::timeout);
  }
  const std::jthread serving_one([&](const std::stop_token& stop) { one.server.run(stop).value(); });
  const std::jthread serving_two([&](const std::stop_token& stop) { two.run(stop).value(); });
  for (std::uint64_t i = 0; i < 10; ++i)
    CHECK(one.client.call({i}, patience).wait().value()->number == i);
  CHECK(one.server.counters().answered >= 5);
  CHECK(two.counters().answered >= 5);
}

TEST_CASE("a client of depth one calls again after a request that its server dropped") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(narrow_echo, bindable(scheme));
  CHECK(busy.client.call({1}, Deadline::passed()).wait().error().code == Errc::timeout);
  until([&] { return !busy.server.try_serve() && busy.server.counters().late == 1; });
  const std::jthread serving([&](const std::stop_token& stop) { busy.server.run(stop).value(); });
  CHECK(busy.client.call({2}, patience).wait().value()->number == 2);
}

TEST_CASE("a handler knows how long its caller waits") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  std::vector<Deadline> deadlines;
  auto server = node.serve(echo,
                           [&](const Question& q, Request& request) {
                             deadlines.push_back(request.deadline());
                             return q;
                           })
                    .value();
  auto client = node.client(echo).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  for (const auto& deadline : {Deadline(1h), Deadline::none()}) {
    auto call = client.call({1}, deadline);
    until([&] { return server.try_serve() || call.try_take(); });
  }
  REQUIRE(deadlines.size() == 2);
  CHECK(deadlines[0].left(now()) <= 1h);
  CHECK(deadlines[0].left(now()) > 1h - patience);
  CHECK(deadlines[1].is_none());
}

TEST_CASE("a server turns away what is too much, and says when to come again") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(small_echo, bindable(scheme));
  busy.received = 4;
  std::vector<Call<Question>> calls;
  calls.push_back(busy.client.call({0}, patience));
  busy.meanwhile = [&] {
    for (std::uint64_t i = 1; i < 4; ++i)
      calls.push_back(busy.client.call({i}, patience));
  };
  for (int i = 0; i < 3; ++i)
    busy.server.serve_one(patience).value();
  for (std::uint64_t i = 0; i < 3; ++i)
    CHECK(calls[i].wait().value()->number == i);
  const auto refused = calls[3].wait();
  REQUIRE(refused.error().code == Errc::resource_exhausted);
  CHECK(refused.error().retry_after > 0s);
  CHECK(refused.error().message == "test/echo: 2 requests wait for the server");
  CHECK(busy.server.counters() == ServerCounters{4, 3, 0, 0, 1});
}

TEST_CASE("what one server cannot do another does, if the service is idempotent") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  const auto code = GENERATE(Errc::unavailable, Errc::resource_exhausted);
  auto node = make_node();
  const auto fail = [&](const Question&) -> Result<Question> { return Error{code, "not today"}; };
  const Running bad(node.serve(echo, fail).value(), bindable(scheme));
  const Running good(node.serve(echo, [](const Question& q) { return q; }).value(), bindable(scheme, "-2"));

  auto careful = node.client(echo).value();
  careful.connect(bad.uri()).value();
  CHECK(careful.call({1}, patience).wait().error().code == code);
  CHECK(bad.counters().answered == 1);

  auto client = node.client(idempotent_echo).value();
  client.connect(bad.uri()).value();
  client.connect(good.uri()).value();
  client.wait_matched(2, patience).value();
  for (std::uint64_t i = 0; i < 10; ++i)
    CHECK(client.call({i}, patience).wait().value()->number == i);
  CHECK(good.counters().answered == 10);
}

TEST_CASE("what is tried again is told by its attempt, and not tried again when there is no time left") {
  auto node = make_node();
  std::vector<std::uint32_t> attempts;
  const auto fail = [&](const Question&, Request& request) -> Result<Question> {
    attempts.push_back(request.attempt());
    return Error{Errc::unavailable, "not today"};
  };
  auto server = node.serve(echo, fail).value();
  auto client = node.client(idempotent_echo).value();
  client.connect(server.bind("inproc://attempts").value()).value();
  auto call = client.call({1}, 100ms);
  std::optional<Result<Sample<Question>>> outcome;
  until([&] {
    server.try_serve();
    outcome = call.try_take();
    return outcome.has_value();
  });
  CHECK(outcome->error().code == Errc::unavailable);
  CHECK_THAT(outcome->error().message, Catch::Contains("not today"));
  REQUIRE(attempts.size() > 1);
  for (std::uint32_t i = 0; i < attempts.size(); ++i)
    CHECK(attempts[i] == i + 1);
}

TEST_CASE("what other errors say is not asked twice") {
  auto node = make_node();
  const Running server(node.serve(echo,
                                  [](const Question&) -> Result<Question> {
                                    return Error{Errc::aborted, "no"};
                                  })
                           .value(),
                       "inproc://aborting");
  auto client = node.client(idempotent_echo).value();
  client.connect(server.uri()).value();
  CHECK(client.call({1}, patience).wait().error().code == Errc::aborted);
  CHECK(server.counters().answered == 1);
}

TEST_CASE("a call whose server dies is answered by another, if the service is idempotent") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto dying = std::make_optional<Busy>(idempotent_echo, bindable(scheme));
  auto node = dying->node;
  auto call = dying->client.call({7}, patience);
  CHECK_FALSE(call.try_take());
  const Running other(node.serve(echo, [](const Question& q) { return q; }).value(), bindable(scheme, "-2"));
  auto client = std::move(dying->client);
  client.connect(other.uri()).value();
  std::jthread closing([&] { dying.reset(); });
  CHECK(call.wait().value()->number == 7);
}

TEST_CASE("a server that drains answers what has come, and turns away what comes") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(echo, bindable(scheme));
  busy.received = 3;
  std::vector<Call<Question>> calls;
  for (std::uint64_t i = 0; i < 3; ++i)
    calls.push_back(busy.client.call({i}, patience));
  busy.server.serve_one(patience).value();
  busy.server.drain(patience).value();
  for (std::uint64_t i = 0; i < 3; ++i)
    CHECK(calls[i].wait().value()->number == i);
  auto late = busy.client.call({4}, patience);
  std::optional<Result<Sample<Question>>> outcome;
  until([&] {
    busy.server.try_serve();
    outcome = late.try_take();
    return outcome.has_value();
  });
  CHECK(outcome->error().code == Errc::unavailable);
  CHECK(busy.server.counters() == ServerCounters{4, 3, 0, 0, 1});
}

TEST_CASE("a server that has no time to drain sends back what waits") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(echo, bindable(scheme));
  busy.received = 2;
  auto first = busy.client.call({1}, patience);
  auto second = busy.client.call({2}, patience);
  busy.server.serve_one(patience).value();
  CHECK(busy.server.drain(Deadline::passed()).error().code == Errc::timeout);
  CHECK(first.wait().value()->number == 1);
  CHECK(second.wait().error().code == Errc::unavailable);
}

TEST_CASE("a server that drains is found no more, and called no more by those that have another") {
  auto node = make_node(make_context(true));
  auto leaving = node.serve(echo, [](const Question& q) { return q; }).value();
  auto client = node.client(echo).value();
  client.wait_matched(1, patience).value();
  auto staying = node.serve(echo, [](const Question& q) { return q; }).value();
  client.wait_matched(2, patience).value();
  leaving.drain(patience).value();
  auto newcomer = node.client(echo).value();
  until([&] {
    auto call = newcomer.call({1}, patience);
    return staying.try_serve() && newcomer.matched() == 1;
  });
  // The news that it leaves may come a little later than the newcomer found the other.
  const std::jthread serving([&](const std::stop_token& stop) { staying.run(stop).value(); });
  const std::jthread refusing([&](const std::stop_token& stop) { leaving.run(stop).value(); });
  until([&] {
    int answered = 0;
    for (std::uint64_t i = 0; i < 4; ++i)
      answered += client.call({i}, patience).wait() ? 1 : 0;
    return answered == 4;
  });
}

TEST_CASE("every code that a handler answers reaches the caller with its text") {
  auto node = make_node();
  const auto fail = [](const Question& q) -> Result<Question> {
    return Error{Errc(q.number), "why " + std::to_string(q.number)};
  };
  const Running server(node.serve(echo, fail).value(), "inproc://codes");
  auto client = node.client(echo).value();
  client.connect(server.uri()).value();
  for (std::uint64_t code = 1; code <= std::uint64_t(Errc::unauthenticated); ++code) {
    const auto answer = client.call({code}, patience).wait();
    CHECK(answer.error().code == Errc(code));
    CHECK(answer.error().message == "test/echo: why " + std::to_string(code));
  }
}

TEST_CASE("a client's descriptor tells of an answer, and of a deadline") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Busy busy(echo, bindable(scheme));
  auto set = WaitSet::create().value();
  set.add(busy.client, 1).value();
  auto call = busy.client.call({1}, patience);
  busy.server.serve_one(patience).value();
  std::optional<Result<Sample<Question>>> outcome;
  while (!outcome) {
    REQUIRE_FALSE(set.wait(patience).value().empty());
    outcome = call.try_take();
  }
  CHECK(outcome->value()->number == 1);

  auto vain = busy.client.call({2}, 10ms);
  while (!(outcome = vain.try_take()))
    REQUIRE_FALSE(set.wait(patience).value().empty());
  CHECK(outcome->error().code == Errc::timeout);
}

TEST_CASE("the pause between two attempts is any up to a bound that doubles, up to a second") {
  constexpr std::uint32_t most = 0xFFFFFFFF;
  CHECK(node::back_off(1, 0) == 0s);
  CHECK(node::back_off(1, most) < 10ms);
  CHECK(node::back_off(1, most / 2) < 5ms);
  CHECK(node::back_off(2, most) > 19ms);
  CHECK(node::back_off(7, most) > 639ms);
  CHECK(node::back_off(8, most) < 1s);
  CHECK(node::back_off(8, most) > 999ms);
  CHECK(node::back_off(most, most) == node::back_off(8, most));
}

}  // namespace weft::test
