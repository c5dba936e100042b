#include <thread>

#include "kit.hpp"

namespace weft::test {

TEST_CASE("what is sent after both ends matched is received, with its header") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Joined<Note> pair(notes, scheme);
  for (std::uint64_t i = 1; i <= 100; ++i)
    pair.publisher.send({i, "note"}).value();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto sample = pair.subscriber.receive(patience).value();
    REQUIRE(sample->number == i);
    REQUIRE(sample->text == "note");
    REQUIRE(sample.header().sequence == i);
    REQUIRE(wall_now() - sample.header().stamp < 60s);
  }
}

TEST_CASE("within one Context a message is handed over as the object itself") {
  Joined<Note> pair(notes);
  auto loan = pair.publisher.loan().value();
  loan->number = 7;
  const Note* sent = &*loan;
  pair.publisher.send(std::move(loan)).value();
  const auto sample = pair.subscriber.receive(patience).value();
  REQUIRE(&*sample == sent);
}

TEST_CASE("a message with views is encoded even within one Context, and its Sample keeps the bytes") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto pair = std::make_unique<Joined<Blob>>(blobs, scheme);
  std::vector<std::byte> bytes(100'000, std::byte{7});
  pair->publisher.send({bytes}).value();
  const auto sample = pair->subscriber.receive(patience).value();
  std::ranges::fill(bytes, std::byte{8});
  pair.reset();
  REQUIRE(sample->bytes.size() == 100'000);
  REQUIRE(std::ranges::all_of(sample->bytes, [](std::byte b) { return b == std::byte{7}; }));
}

TEST_CASE("with nobody listening a message is not encoded, and the sequence goes on") {
  auto node = make_node();
  auto publisher = node.publisher(notes).value();
  const auto uri = publisher.bind("inproc://late").value();
  publisher.send({1, "lost on nobody"}).value();
  auto subscriber = node.subscriber(notes).value();
  subscriber.connect(uri).value();
  publisher.wait_matched(1, patience).value();
  subscriber.wait_matched(1, patience).value();
  publisher.send({2, "heard"}).value();
  const auto sample = subscriber.receive(patience).value();
  REQUIRE(sample.header().sequence == 2);
  REQUIRE(subscriber.counters().total.dropped_total() == 0);
  REQUIRE(subscriber.counters().total.sent == 1);
}

TEST_CASE("receive answers timeout when nothing comes, and try_receive nothing") {
  Joined<Note> pair(notes);
  REQUIRE_FALSE(pair.subscriber.try_receive());
  const auto none = pair.subscriber.receive(1ms);
  REQUIRE_FALSE(none);
  REQUIRE(none.error().code == Errc::timeout);
}

TEST_CASE("best effort counts what a full link drops: sent = delivered + dropped") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr Topic<Note> shallow{"test/notes", {.depth = 4}};
  auto node = make_node();
  std::optional<Publisher<Note>> publisher = node.publisher(shallow).value();
  auto subscriber = node.subscriber(shallow).value();
  subscriber.connect(publisher->bind(bindable(scheme)).value()).value();
  publisher->wait_matched(1, patience).value();
  subscriber.wait_matched(1, patience).value();
  constexpr std::uint64_t count = 5'000;
  std::uint64_t received = 0;
  for (std::uint64_t i = 1; i <= count; ++i)
    publisher->send({i, std::string(1000, 'x')}).value();
  std::thread closing([&] { publisher.reset(); });  // tells the last sequence
  while (subscriber.counters().total.sent < count) {
    if (subscriber.receive(10ms)) ++received;  // the last sequence comes without a message
  }
  while (subscriber.try_receive())
    ++received;
  closing.join();
  const auto total = subscriber.counters().total;
  REQUIRE(total.sent == count);
  REQUIRE(total.delivered == received);
  REQUIRE(*total.delivered + total.dropped_total() == total.sent);
}

TEST_CASE("reliable waits for the slowest subscriber, and a send that times out reaches nobody") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Joined<Note> pair(reliable_notes, scheme);
  std::uint64_t sent = 0;
  auto result = pair.publisher.send({sent + 1, "fill"}, 10ms);
  for (; result; result = pair.publisher.send({sent + 1, "fill"}, 10ms))
    ++sent;
  REQUIRE(sent >= 16);
  const std::string_view said = result.error().message;
  const auto name = reliable_notes.name();
  REQUIRE(said.starts_with(name));
  REQUIRE(said.find(name, 1) == std::string_view::npos);
  for (std::uint64_t i = 1; i <= sent; ++i)
    REQUIRE(pair.subscriber.receive(patience).value()->number == i);
  REQUIRE_FALSE(pair.subscriber.try_receive());
  pair.publisher.send({sent + 1, "room again"}, patience).value();
  REQUIRE(pair.subscriber.receive(patience).value()->number == sent + 1);
  REQUIRE(pair.subscriber.counters().total.dropped_total() == 0);
}

TEST_CASE("one publisher reaches subscribers on several transports, encoding once") {
  auto node = make_node();
  auto publisher = node.publisher(vectors).value();
  std::vector<Subscriber<Vec3>> subscribers;
  for (const auto& scheme : schemes()) {
    subscribers.push_back(node.subscriber(vectors).value());
    subscribers.back().connect(publisher.bind(bindable(scheme)).value()).value();
    subscribers.back().wait_matched(1, patience).value();
  }
  publisher.wait_matched(static_cast<std::uint32_t>(subscribers.size()), patience).value();
  publisher.send({1, 2, 3}).value();
  for (auto& subscriber : subscribers)
    REQUIRE(subscriber.receive(patience).value()->z == 3);
}

TEST_CASE("fd is readable while a message may be there, and not after try_receive answered nothing") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Joined<Note> pair(notes, scheme);
  const int fd = pair.subscriber.fd().value();
  while (pair.subscriber.try_receive()) {
  }
  pair.publisher.send({1, ""}).value();
  pair.publisher.send({2, ""}).value();
  pollfd polled{fd, POLLIN, 0};
  std::uint64_t last = 0;
  while (last < 2) {
    REQUIRE(::poll(&polled, 1, 20'000) == 1);
    const auto sample = pair.subscriber.try_receive();
    if (!sample) continue;
    last = (*sample)->number;
    REQUIRE(readable(fd));  // until it has answered nothing
  }
}

TEST_CASE("a port may move between threads") {
  Joined<Note> pair(notes);
  std::thread([&] { pair.publisher.send({1, "from another thread"}).value(); }).join();
  std::thread([&] { REQUIRE(pair.subscriber.receive(patience).value()->number == 1); }).join();
}

TEST_CASE("a link's counters tell who is at the other end, also after it has ended") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto pair = std::make_unique<Joined<Note>>(notes, scheme);
  pair->publisher.send({1, ""}).value();
  REQUIRE(pair->subscriber.receive(patience));
  REQUIRE(pair->subscriber.counters().links.at(0).live);
  { const auto gone = std::move(pair->publisher); }
  while (pair->subscriber.matched() != 0)
    REQUIRE_FALSE(pair->subscriber.receive(20ms));
  const auto ended = pair->subscriber.counters();
  REQUIRE_FALSE(ended.links.at(0).live);
  REQUIRE(ended.total.delivered == 1);
}

TEST_CASE("counters may be read on any thread, also while the port binds, connects and matches") {
  auto node = make_node();
  auto publisher = node.publisher(notes).value();
  auto subscriber = node.subscriber(notes).value();
  std::atomic<bool> over{false};
  std::jthread reading([&] {
    while (!over) {
      REQUIRE(publisher.counters().total.dropped_total() == 0);
      REQUIRE(subscriber.counters().total.dropped_total() == 0);
    }
  });
  for (const auto& scheme : schemes())
    subscriber.connect(publisher.bind(bindable(scheme)).value()).value();
  publisher.wait_matched(static_cast<std::uint32_t>(schemes().size()), patience).value();
  over = true;
}

}  // namespace weft::test
