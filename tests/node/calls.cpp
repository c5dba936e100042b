#include <stdexcept>
#include <thread>

#include "kit.hpp"

namespace weft::test {

namespace {

struct Add {
  std::int64_t a = 0;
  std::int64_t b = 0;
  WEFT_MESSAGE("test/Add", a, b)
};
struct Sum {
  std::int64_t sum = 0;
  WEFT_MESSAGE("test/Sum", sum)
};
namespace newer {
struct Add {
  std::int64_t b = 0;
  std::int64_t a = 0;
  std::int64_t c = 100;
  WEFT_MESSAGE("test/Add", b, a, c)
};
}  // namespace newer

constexpr Service<Add, Sum> add{"test/add"};
constexpr Service<newer::Add, Sum> newer_add{"test/add"};
constexpr Service<Sum, Sum> wrong_add{"test/add"};

Sum sum(const Add& q) {
  return {q.a + q.b};
}

/// A server that runs on a thread of its own until it goes out of scope.
template <Message Q, Message R>
class Running {
 public:
  Running(Server<Q, R> server, std::string_view uri)
      : server_(std::move(server)), uri_(server_.bind(uri).value()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { server_.run(stop).value(); });
  }
  [[nodiscard]] const std::string& uri() const { return uri_; }

 private:
  Server<Q, R> server_;
  std::string uri_;
  std::jthread thread_;  // last: joined first
};

}  // namespace

TEST_CASE("a server's error is told in one line that no terminal obeys") {
  auto node = make_node();
  const auto fail = [](const Add&) -> Result<Sum> { return Error{Errc::not_found, "no\nsuch \x1b[2J sum"}; };
  Running server(node.serve(add, fail).value(), bindable("ipc"));
  auto client = node.client(add).value();
  client.connect(server.uri()).value();
  const auto answer = client.call({1, 1}, patience).wait();
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::not_found);
  CHECK(answer.error().message == "test/add: no\\nsuch \\u001b[2J sum");
}

TEST_CASE("a call is answered by the handler") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  Running server(node.serve(add, sum).value(), bindable(scheme));
  auto client = node.client(add).value();
  client.connect(server.uri()).value();
  for (std::int64_t i = 0; i < 100; ++i)
    REQUIRE(client.call({i, 1}, patience).wait().value()->sum == i + 1);
}

TEST_CASE("a handler's error reaches the caller as it is, an exception as internal") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  Running server(node.serve(add,
                            [](const Add& q) -> Result<Sum> {
                              if (q.a == 1) return Error{Errc::not_found, "no such number"};
                              if (q.a == 2) throw std::runtime_error("out of fingers");
                              if (q.a == 3) throw 3;
                              return Sum{q.a + q.b};
                            })
                     .value(),
                 bindable(scheme));
  auto client = node.client(add).value();
  client.connect(server.uri()).value();
  const auto missing = client.call({1, 0}, patience).wait();
  REQUIRE(missing.error().code == Errc::not_found);
  REQUIRE_THAT(missing.error().message, Catch::Contains("no such number"));
  const auto thrown = client.call({2, 0}, patience).wait();
  REQUIRE(thrown.error().code == Errc::internal);
  REQUIRE_THAT(thrown.error().message, Catch::Contains("out of fingers"));
  REQUIRE(client.call({3, 0}, patience).wait().error().code == Errc::internal);
  REQUIRE(client.call({4, 5}, patience).wait().value()->sum == 9);
}

TEST_CASE("a call without a server is unavailable, and one without a reply times out") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  auto client = node.client(add).value();
  REQUIRE(client.call({}, 1ms).wait().error().code == Errc::unavailable);
  auto server = node.serve(add, sum).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  std::jthread serving([&](const std::stop_token& stop) { server.run(stop).value(); });
  client.wait_matched(1, patience).value();
  serving.request_stop();
  serving.join();
  REQUIRE(client.call({}, 1ms).wait().error().code == Errc::timeout);
}

TEST_CASE("a client and a server of different age understand each other") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  Running server(node.serve(newer_add, [](const newer::Add& q) { return Sum{q.a * 10 + q.b + q.c}; }).value(),
                 bindable(scheme));
  auto client = node.client(add).value();
  client.connect(server.uri()).value();
  REQUIRE(client.call({2, 3}, patience).wait().value()->sum == 123);
}

TEST_CASE("a client whose types do not fit is told the difference") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  Running server(node.serve(add, sum).value(), bindable(scheme));
  auto client = node.client(wrong_add).value();
  client.connect(server.uri()).value();
  const auto refused = client.call({}, patience).wait();
  REQUIRE(refused.error().code == Errc::incompatible);
}

TEST_CASE("calls go to each matched server in turn") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  Running one(node.serve(add, [](const Add&) { return Sum{1}; }).value(), bindable(scheme));
  Running two(node.serve(add, [](const Add&) { return Sum{2}; }).value(), bindable(scheme, "-2"));
  auto client = node.client(add).value();
  client.connect(one.uri()).value();
  client.connect(two.uri()).value();
  client.wait_matched(2, patience).value();
  std::int64_t total = 0;
  for (int i = 0; i < 10; ++i)
    total += client.call({}, patience).wait().value()->sum;
  REQUIRE(total == 15);
}

TEST_CASE("a server's end during a call ends the call with unavailable, and its successor answers the next") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  std::optional<Server<Add, Sum>> server = node.serve(add, sum).value();
  const auto uri = server->bind(scheme == "tcp" ? "tcp://127.0.0.1:0" : bindable(scheme)).value();
  auto client = node.client(add).value();
  client.connect(uri).value();
  std::jthread serving([&](const std::stop_token& stop) { server->run(stop).value(); });
  REQUIRE(client.call({1, 1}, patience).wait().value()->sum == 2);
  serving.request_stop();
  serving.join();
  std::thread closing([&] { server.reset(); });
  REQUIRE(client.call({1, 1}, patience).wait().error().code == Errc::unavailable);
  closing.join();
  Running successor(node.serve(add, sum).value(), uri);
  client.wait_matched(1, patience).value();
  REQUIRE(client.call({2, 2}, patience).wait().value()->sum == 4);
}

// The client was found first, and its two ends have one id: the server has not taken note of the first one's end when
// the second comes.
TEST_CASE(
    "a client that goes over to an endpoint by hand is answered there, though its server was just busy") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node(make_context(true));
  auto server = node.serve(add, sum).value();
  auto client = node.client(add).value();
  client.wait_matched(1, patience).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  const std::jthread serving([&](const std::stop_token& stop) { server.run(stop).value(); });
  CHECK(client.call({40, 2}, patience).wait().value()->sum == 42);
}

}  // namespace weft::test
