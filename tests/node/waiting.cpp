// How ports wait: for everything that they wait for, and for nothing else.
#include <thread>

#include "wrapped.hpp"

namespace weft::test {

namespace {

/// How often senders were asked for a frame.
std::atomic<int> times;  // NOLINT(*-avoid-non-const-global-variables): a Factory has no state

class Asked final : public WrappedEnd {
 public:
  static constexpr std::string_view scheme = "counting";
  Asked(std::unique_ptr<End> end, transport::Role role)
      : WrappedEnd(std::move(end)), counts_(role == transport::Role::sender) {}
  bool receive(transport::Frame& frame) override {
    if (counts_) ++times;
    return WrappedEnd::receive(frame);
  }

 private:
  const bool counts_;
};

}  // namespace

TEST_CASE("a server that is asked to stop stops, whatever it was just doing") {
  constexpr int rounds = 20'000;
  auto node = make_node();
  auto server = node.serve(echo, [](const Question& q) { return q; }).value();
  server.bind("inproc://stopping").value();
  std::vector<std::stop_source> stops(rounds);
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
  std::jthread serving([&] {
    for (const auto& stop : stops) {
      ++begun;
      server.run(stop.get_token()).value();
      ++ended;
    }
  });
  auto client = node.client(echo).value();
  bool stuck = false;
  for (int round = 0; round < rounds && !stuck; ++round) {
    while (begun <= round)
      std::this_thread::yield();
    stops[static_cast<std::size_t>(round)].request_stop();
    for (const Deadline watchdog = patience; ended <= round && !stuck; stuck = watchdog.has_passed(now()))
      std::this_thread::yield();
  }
  for (auto& stop : stops)
    stop.request_stop();
  if (stuck) client.connect("inproc://stopping").value();  // wakes the server, for the test's end
  REQUIRE_FALSE(stuck);
}

TEST_CASE("a call sleeps until its own server replies, whatever comes from others") {
  auto node = make_wrapping_node<Asked>();
  auto late = node.serve(echo, [](const Question& q) { return q; }).value();
  std::atomic<bool> over{false};
  auto silent = node.serve(echo,
                           [&](const Question& q) {
                             late.try_serve();  // its reply comes while the client waits for this one
                             over.wait(false);
                             return q;
                           })
                    .value();
  auto client = node.client(echo).value();
  client.connect(late.bind("counting://late").value()).value();
  client.connect(silent.bind("counting://silent").value()).value();
  client.wait_matched(2, patience).value();
  REQUIRE(client.call({1}, 1ms).wait().error().code == Errc::timeout);
  std::jthread serving([&] { silent.serve_one(patience).value(); });
  times = 0;
  REQUIRE(client.call({2}, 100ms).wait().error().code == Errc::timeout);
  CHECK(times < 100);
  over = true;
  over.notify_one();
}

TEST_CASE("best effort that waits for a match reads on, and counts what it cannot keep") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr Topic<Note> shallow{"test/notes", {.depth = 4}};
  constexpr std::uint64_t count = 1'000;
  auto node = make_node();
  auto one = node.publisher(shallow).value();
  auto subscriber = node.subscriber(shallow).value();
  subscriber.connect(one.bind(bindable(scheme)).value()).value();
  one.wait_matched(1, patience).value();
  subscriber.wait_matched(1, patience).value();
  for (std::uint64_t i = 1; i <= count; ++i)
    one.send({i, ""}).value();
  auto two = node.publisher(shallow).value();
  subscriber.connect(two.bind(bindable(scheme, "-2")).value()).value();
  subscriber.wait_matched(2, patience).value();
  while (subscriber.receive(20ms) || subscriber.counters().total.sent < count) {
  }  // the last sequence comes without a message
  const auto total = subscriber.counters().total;
  CHECK(total.sent == count);
  CHECK(*total.delivered + total.dropped_total() == count);
}

TEST_CASE("reliable that waits for a match loses nothing, and says so when it can keep no more") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  auto one = node.publisher(reliable_notes).value();
  auto subscriber = node.subscriber(reliable_notes).value();
  subscriber.connect(one.bind(bindable(scheme)).value()).value();
  one.wait_matched(1, patience).value();
  subscriber.wait_matched(1, patience).value();
  constexpr std::uint64_t count = 200;  // of which 16 may wait
  std::jthread sending([&] {
    for (std::uint64_t i = 1; i <= count; ++i)
      one.send({i, ""}, patience).value();
  });
  const auto full = subscriber.wait_matched(2, patience);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Errc::resource_exhausted);
  for (std::uint64_t i = 1; i <= count; ++i)
    REQUIRE(subscriber.receive(patience).value()->number == i);
  auto two = node.publisher(reliable_notes).value();
  subscriber.connect(two.bind(bindable(scheme, "-2")).value()).value();
  subscriber.wait_matched(2, patience).value();
  CHECK(subscriber.counters().total.dropped_total() == 0);
}

}  // namespace weft::test
