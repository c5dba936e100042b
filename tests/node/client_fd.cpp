// A client's descriptor: what it tells of several calls, and that it is silent where there are none.
#include <array>
#include <optional>
#include <thread>

#include <poll.h>

#include "kit.hpp"

namespace weft::test {

namespace {

bool is_readable(int fd, Duration longest = 0s) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, int(longest / 1ms)) == 1;
}

/// A client and its server, matched, and the client's descriptor. Both are this thread's.
struct Polled {
  Node node = make_node();
  Server<Question, Question> server = node.serve(echo, [](const Question& q) { return q; }).value();
  Client<Question, Question> client = node.client(echo).value();
  int fd = client.fd().value();

  explicit Polled(std::string_view scheme) {
    client.connect(server.bind(bindable(scheme)).value()).value();
    const std::jthread serving([this](const std::stop_token& stop) { server.run(stop).value(); });
    client.wait_matched(1, patience).value();
  }
  Polled(const Polled&) = delete;
  Polled& operator=(const Polled&) = delete;

  /// One who does what client.hpp says, and nothing in vain: until `call` is finished.
  void wake_until_taken(Call<Question>& call) {
    while (!call.try_take())
      REQUIRE(is_readable(fd, patience));
  }
  /// Answers `number` requests, and waits until their replies are there, without reading one.
  void answer(int number) {
    for (int i = 0; i < number; ++i)
      server.serve_one(patience).value();
  }
  /// Whether it falls silent once nothing is left to do, as news of links may still come.
  bool falls_silent() {
    for (const Deadline watchdog = patience; is_readable(fd); std::this_thread::yield()) {
      while (client.next_event()) {
      }
      if (watchdog.has_passed(now())) return false;
    }
    return true;
  }
};

}  // namespace

// The reply that is taken in while another call is asked for was told of by nothing.
TEST_CASE("a client's descriptor tells of a call that is finished while another is asked for") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Polled polled(scheme);
  auto one = polled.client.call({1}, patience);
  auto other = polled.client.call({2}, patience);
  CHECK_FALSE(other.try_take());
  CHECK_FALSE(one.try_take());
  polled.answer(1);
  // While the first is not taken the descriptor says so, however often the other is asked for.
  REQUIRE(is_readable(polled.fd, patience));
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(other.try_take());
  REQUIRE(is_readable(polled.fd));
  polled.wake_until_taken(one);
  CHECK_FALSE(other.try_take());
  polled.answer(1);
  polled.wake_until_taken(other);
}

TEST_CASE("a client's descriptor tells of calls that are finished while its servers are counted") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Polled polled(scheme);
  std::vector<Call<Question>> calls;
  for (std::uint64_t i = 0; i < 4; ++i)
    calls.push_back(polled.client.call({i}, patience));
  polled.answer(4);
  for (auto& call : calls) {
    CHECK(polled.client.matched() == 1);
    REQUIRE(is_readable(polled.fd, patience));
    polled.wake_until_taken(call);
  }
  CHECK(polled.falls_silent());
}

TEST_CASE("a client's descriptor tells of a call whose server died, whichever call was asked since") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Polled polled(scheme);
  std::optional dying = polled.node.serve(echo, [](const Question& q) { return q; }).value();
  polled.client.connect(dying->bind(bindable(scheme, "-dying")).value()).value();
  {
    const std::jthread serving([&](const std::stop_token& stop) { dying->run(stop).value(); });
    polled.client.wait_matched(2, patience).value();
  }
  const auto ever = Deadline::none();                                              // no alarm rings
  std::array calls{polled.client.call({1}, ever), polled.client.call({2}, ever)};  // each server has one
  polled.answer(1);
  bool first = false;
  while (!(first = calls[0].try_take().has_value()) && !calls[1].try_take())
    REQUIRE(is_readable(polled.fd, patience));
  auto& lost = calls[first ? 1 : 0];
  dying.reset();
  auto other = polled.client.call({3}, ever);
  for (int i = 0; i < 1000 && is_readable(polled.fd); ++i)
    CHECK_FALSE(other.try_take());
  REQUIRE(is_readable(polled.fd, patience));
  std::optional<Result<Sample<Question>>> outcome;
  while (!(outcome = lost.try_take()))
    REQUIRE(is_readable(polled.fd, patience));
  CHECK(outcome->error().code == Errc::unavailable);
}

TEST_CASE("a client's descriptor is silent when no call is left") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Polled polled(scheme);
  CHECK(polled.falls_silent());
  auto taken = polled.client.call({1}, patience);
  polled.answer(1);
  polled.wake_until_taken(taken);
  CHECK(polled.falls_silent());
  // The deadline of one that is not there any more does not ring.
  const Deadline soon = 20ms;
  { const auto dropped = polled.client.call({2}, soon); }
  while (!soon.has_passed(now()))
    std::this_thread::yield();
  CHECK(polled.falls_silent());
}

TEST_CASE("a client's descriptor tells of a call that has ended when it begins") {
  Polled polled("inproc");
  auto wrong = polled.node.client(Service<Note, Note>("test/echo")).value();
  const auto fd = wrong.fd().value();
  auto first = wrong.call({}, Deadline::none());
  wrong.connect("inproc://node-test").value();
  std::optional<Result<Sample<Note>>> outcome;
  while (!(outcome = first.try_take()))
    REQUIRE(is_readable(fd, patience));
  CHECK(outcome->error().code == Errc::incompatible);
  auto second = wrong.call({}, Deadline::none());
  CHECK(is_readable(fd));
  CHECK(second.try_take().value().error().code == Errc::incompatible);
}

}  // namespace weft::test
