// Ports that come and go: each first message arrives, nothing is kept of who has gone, and any moment is right for it.
#include <array>
#include <filesystem>
#include <iterator>

#include "discovery/watcher.hpp"
#include "finding.hpp"

namespace weft::test {

namespace {

std::size_t open_descriptors() {
  return std::size_t(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

/// Waits until it is so.
template <class Condition>
void until(const Condition& condition) {
  for (const Deadline watchdog = patience; !condition(); std::this_thread::yield())
    REQUIRE_FALSE(watchdog.has_passed(now()));
}

/// What the daemon, which is of this process, has records of.
struct Records {
  std::size_t sessions, nodes, ports, pairs;
  friend bool operator==(const Records&, const Records&) = default;
};

Records records_of(discovery::Watcher& watcher) {
  while (watcher.update().value()) {
  }
  const auto& graph = watcher.graph();
  return {graph.sessions.size(), graph.nodes.size(), graph.ports.size(), graph.pairs.size()};
}

/// Ports that stay, a publisher and a subscriber in each of two contexts, and a client, for others to come to.
class Residents final {
 public:
  Residents() {
    for (auto& home : homes_) {
      home.publisher.wait_matched(2, patience).value();
      home.subscriber.wait_matched(2, patience).value();
    }
    watcher_.sync(patience).value();
    until([&] { return records_of(watcher_).pairs == 4; });
    records_ = records_of(watcher_);
    descriptors_ = open_descriptors();
  }

  /// One of each kind comes in each context, is matched, and goes.
  void visit() {
    for (auto& home : homes_) {
      auto publisher = home.node.publisher(reliable_notes).value();
      auto subscriber = home.node.subscriber(reliable_notes).value();
      auto server = home.node.serve(echo, [](const Question& q) { return q; }).value();
      std::jthread serving([&](std::stop_token stop) { server.run(stop).value(); });
      publisher.wait_matched(3, patience).value();
      subscriber.wait_matched(3, patience).value();
      client_.wait_matched(1, patience).value();
      publisher.send({++visits_, "x"}).value();
      REQUIRE(subscriber.receive(patience).value()->number == visits_);
      for (auto& each : homes_)
        REQUIRE(each.subscriber.receive(patience).value()->number == visits_);
    }
  }

  /// Waits until the daemon's records and the open descriptors are what they were before any visit.
  void settle() {
    until([&] {
      auto links = client_.matched();
      for (auto& home : homes_)
        links += home.publisher.matched() + home.subscriber.matched();
      return links == 8 && records_of(watcher_) == records_ && open_descriptors() == descriptors_;
    });
  }

  /// That its counters tell of.
  [[nodiscard]] std::size_t links() const {
    std::size_t links = 0;
    for (const auto& home : homes_)
      links += home.publisher.counters().links.size() + home.subscriber.counters().links.size();
    return links;
  }

 private:
  struct Home {
    Node node = discovering_node();
    Publisher<Note> publisher = node.publisher(reliable_notes).value();
    Subscriber<Note> subscriber = node.subscriber(reliable_notes).value();
  };

  const Daemon daemon_;
  std::array<Home, 2> homes_;
  Client<Question, Question> client_ = homes_[0].node.client(echo).value();
  discovery::Watcher watcher_ =
      discovery::Watcher::open(homes_[0].node.context()->runtime_directory(), "default").value();
  Records records_{};
  std::size_t descriptors_ = 0;
  std::uint64_t visits_ = 0;
};

/// A port is used by one thread after another, moved, and dropped on yet another, so often.
template <class Make, class Use>
void hand_around(int rounds, const Make& make, const Use& use) {
  for (int round = 0; round < rounds; ++round) {
    auto first = make();
    auto port = std::move(first);
    std::jthread([&] { use(port); }).join();
    std::jthread([&use, mine = std::move(port)]() mutable { use(mine); }).join();
  }
}

}  // namespace

TEST_CASE("the first message after both sides have waited is received, each of nine thousand times") {
  const bool one_context = GENERATE(true, false);
  std::unique_ptr<Daemon> daemon;
  if (!one_context) daemon = std::make_unique<Daemon>();
  const int rounds = (one_context ? 6'000 : 3'000) / share;
  auto here = discovering_node();
  auto there = one_context ? here : discovering_node();
  int received = 0;
  for (int round = 0; round < rounds; ++round) {
    std::optional<Publisher<Note>> publisher;
    if (round % 2 == 0) publisher = here.publisher(reliable_notes).value();
    auto subscriber = there.subscriber(reliable_notes).value();
    if (!publisher) publisher = here.publisher(reliable_notes).value();
    publisher->wait_matched(1, patience).value();
    subscriber.wait_matched(1, patience).value();
    publisher->send({std::uint64_t(round), "first"}).value();
    REQUIRE(subscriber.receive(patience).value()->number == std::uint64_t(round));
    ++received;
  }
  CHECK(received == rounds);
}

TEST_CASE("a port that nobody is matched with takes one descriptor, and gives it back") {
  auto node = make_node();  // without discovery, whose own descriptors come and go meanwhile
  const auto resident = node.subscriber(vectors).value();
  const auto before = open_descriptors();
  {
    std::vector<Publisher<Note>> publishers;
    for (int i = 0; i < 100; ++i)
      publishers.push_back(node.publisher(notes).value());
    CHECK(open_descriptors() == before + 100);
    const auto subscriber = node.subscriber(blobs).value();
    const auto client = node.client(echo).value();
    CHECK(open_descriptors() == before + 102);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE(
    "of ports that have come and gone nothing is kept: no record, no descriptor, of links the last few") {
  Residents residents;
  const auto links = residents.links();
  for (int i = 0; i < 500 / share; ++i)
    residents.visit();
  residents.settle();
  CHECK(residents.links() <= links + 8 * 16);  // 8 ends
}

TEST_CASE("ports are dropped at any time while discovery is about them") {
  const Daemon daemon;
  auto here = discovering_node();
  auto there = discovering_node();
  std::atomic<bool> stop{false};
  const auto churn = [&](Node& node, bool publishing) {
    while (!stop) {
      if (publishing) {
        auto publisher = node.publisher(notes).value();
        publisher.send({1, "x"}).value();
      } else {
        auto subscriber = node.subscriber(notes).value();
        subscriber.try_receive();
      }
    }
  };
  {
    std::jthread first([&] { churn(here, true); });
    std::jthread second([&] { churn(there, false); });
    std::jthread third([&] { churn(here, false); });
    for (int i = 0; i < 100; ++i) {
      auto client = there.client(echo).value();
      auto server = here.serve(echo, [](const Question& q) { return q; }).value();
      server.try_serve();
    }
    stop = true;
  }
  auto publisher = here.publisher(notes).value();
  auto subscriber = there.subscriber(notes).value();
  exchange_one(publisher, subscriber, 9);
}

TEST_CASE("ports are moved, handed to other threads and dropped while matches arrive") {
  const Daemon daemon;
  auto here = discovering_node();
  auto there = discovering_node();
  const int rounds = 500 / share;
  const auto answer = [](const Question& q) { return q; };
  std::vector<std::jthread> threads;
  for (auto* node : {&here, &there}) {
    threads.emplace_back([=] {
      hand_around(
          rounds, [&] { return node->publisher(notes).value(); },
          [](auto& publisher) {
            publisher.send({publisher.matched(), "x"}).value();
          });
    });
    threads.emplace_back([=] {
      hand_around(
          rounds, [&] { return node->subscriber(notes).value(); },
          [](auto& subscriber) {
            subscriber.try_receive();
            subscriber.next_event();
          });
    });
    threads.emplace_back([=] {
      hand_around(
          rounds, [&] { return node->serve(echo, answer).value(); },
          [](auto& server) { server.try_serve(); });
    });
    threads.emplace_back([=] {
      hand_around(
          rounds, [&] { return node->client(echo).value(); },
          [](auto& client) { [[maybe_unused]] const auto matched = client.matched(); });
    });
  }
  threads.clear();
  auto publisher = here.publisher(notes).value();
  auto subscriber = there.subscriber(notes).value();
  exchange_one(publisher, subscriber, 9);
}

}  // namespace weft::test
