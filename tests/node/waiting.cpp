// How ports wait: for everything that they wait for, and for nothing else.
#include <thread>

#include "kit.hpp"

namespace weft::test {

namespace {

/// An End that counts how often it is asked for a frame.
class Asked final : public transport::End {
 public:
  Asked(std::unique_ptr<End> end, std::atomic<int>& times) : end_(std::move(end)), times_(times) {}
  Result<transport::Endpoint> bind(const transport::Endpoint& endpoint) override {
    return end_->bind(endpoint);
  }
  Result<void> connect(const transport::Endpoint& endpoint) override { return end_->connect(endpoint); }
  Result<void> disconnect(const transport::Endpoint& endpoint) override { return end_->disconnect(endpoint); }
  Result<void> loan(transport::Loan& loan, std::size_t bytes, const transport::ReturnPath* to,
                    Deadline deadline) override {
    return end_->loan(loan, bytes, to, deadline);
  }
  bool send(transport::Loan& loan) override { return end_->send(loan); }
  bool receive(transport::Frame& frame) override {
    ++times_;
    return end_->receive(frame);
  }
  [[nodiscard]] int fd() const noexcept override { return end_->fd(); }

 private:
  std::unique_ptr<End> end_;
  std::atomic<int>& times_;
};

/// The first transport there is, whose senders count.
class Counting final : public transport::Transport {
 public:
  Counting(std::unique_ptr<Transport> real, std::atomic<int>& times)
      : real_(std::move(real)), times_(times) {}
  [[nodiscard]] std::string_view scheme() const noexcept override { return "counting"; }
  [[nodiscard]] transport::Traits traits() const noexcept override { return real_->traits(); }
  [[nodiscard]] transport::Endpoint own_endpoint(const PortId& id) const override {
    return {std::string(scheme()), real_->own_endpoint(id).address};
  }
  Result<std::unique_ptr<transport::End>> open(transport::EndOptions options,
                                               transport::LinkObserver& observer) override {
    const bool counted = options.role == transport::Role::sender;
    WEFT_TRY(auto end, real_->open(std::move(options), observer));
    if (!counted) return end;
    return std::unique_ptr<transport::End>(std::make_unique<Asked>(std::move(end), times_));
  }

 private:
  std::unique_ptr<Transport> real_;
  std::atomic<int>& times_;
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
  static std::atomic<int> times;
  times = 0;
  ContextOptions options;
  options.discovery = false;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");
  options.transports = {{"counting", [](const transport::World& world) {
                           auto real = transport::transports().front().make(world).value();
                           return Result<std::unique_ptr<transport::Transport>>(
                               std::make_unique<Counting>(std::move(real), times));
                         }}};
  auto node = make_node(Context::create(std::move(options)).value());
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
