// Frames that may wait for others to travel with: they need nobody's help to arrive, and keep their order.
#include "kit.hpp"
#include "kit/busy.hpp"

namespace weft::conformance {

namespace {

/// An inbox and a sender, matched.
struct Line {
  explicit Line(Bench& where, EndOptions options = reliable())
      : bench(where),
        at(bench.endpoint()),
        inbox(bench.bound(Role::inbox, at, options)),
        sender(bench.connected(Role::sender, at, options)) {
    meet();
  }
  void meet() {
    bench.until([&] { return sender->links() == 1 && inbox->links() == 1; }, {inbox.get(), sender.get()});
  }
  /// Only the inbox does anything meanwhile.
  void arrived(std::uint64_t first, std::uint64_t last) {
    const auto all = last - first + 1;
    bench.until([&] { return inbox->count(What::frame) >= all; }, {inbox.get()});
    CHECK(sequences(*inbox, sender->id()) == series(first, last));
    CHECK(std::ranges::all_of(inbox->log(), &Event::intact));
  }

  Bench& bench;
  Endpoint at;
  std::unique_ptr<Port> inbox;
  std::unique_ptr<Port> sender;
};

}  // namespace

TEST_CASE("a frame that may wait for others arrives though its sender does nothing more") {
  EVERY_TRANSPORT(bench) {
    Line line(bench);
    for (std::uint64_t i = 1; i <= 20; ++i) {
      REQUIRE(line.sender->send_soon(i));
      line.arrived(1, i);
    }
  }
}

TEST_CASE("frames that may wait and frames that may not arrive whole and in one order, of whatever size") {
  EVERY_TRANSPORT(bench) {
    Line line(bench);
    std::uint64_t sent = 0;
    for (std::size_t round = 0; round < 40; ++round) {
      for (const std::size_t size : {0, 1, 100, 2000, 2001, 9000, 100, 17'000}) {
        REQUIRE((round % 3 == size % 3 ? line.sender->send(size) : line.sender->send_soon(size)));
        ++sent;
      }
    }
    line.arrived(1, sent);
  }
}

TEST_CASE("what may wait for others goes when its sender receives, whatever the agent does") {
  EVERY_TRANSPORT(bench) {
    Line line(bench);
    const test::Busy busy(bench.agent());
    for (std::uint64_t i = 1; i <= 3; ++i)
      REQUIRE(line.sender->send_soon());
    line.sender->drain();
    line.arrived(1, 3);
  }
}

TEST_CASE("what waited for others arrives when its sender closes") {
  EVERY_TRANSPORT(bench) {
    Line line(bench);
    REQUIRE(line.sender->send_soon());
    line.sender->close();
    line.arrived(1, 1);
  }
}

TEST_CASE("what waited to go to one inbox does not go to the next") {
  EVERY_TRANSPORT(bench) {
    Line line(bench);
    for (std::uint64_t life = 1; life <= 5; ++life) {
      REQUIRE(line.sender->send_soon());
      line.inbox.reset();
      bench.until([&] { return line.sender->links() == 0; }, {line.sender.get()});
      line.inbox = bench.bound(Role::inbox, line.at, reliable());
      line.meet();
      REQUIRE(line.sender->send());
      line.arrived(2 * life, 2 * life);
    }
  }
}

TEST_CASE("frames that came together are kept and dropped each by itself, and outlive both ends") {
  EVERY_TRANSPORT(bench) {
    std::vector<Frame> kept;
    {
      Line line(bench);
      for (std::size_t size = 0; size < 200; ++size)
        REQUIRE(line.sender->send_soon(size));
      line.sender->drain();
      for (std::size_t i = 0; i < 200;) {
        auto frame = line.inbox->take();
        if (!frame) {
          REQUIRE(readable(line.inbox->end().fd()));
          continue;
        }
        if (i++ % 7 == 0) kept.push_back(*std::move(frame));
      }
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const auto view = wire::parse_frame(kept[i].bytes).value();
      CHECK(view.header.sequence == 7 * i + 1);
      CHECK(is_intact(view));
    }
  }
}

TEST_CASE(
    "an inbox that stands still is unmatched at a sender whose frames may wait, and what arrived is whole") {
  EVERY_TRANSPORT(bench) {
    auto options = reliable(8);
    options.stall = std::chrono::milliseconds(50);
    Line line(bench, options);
    Result<void> sent;
    while (sent)
      sent = line.sender->send_soon(1000);
    CHECK(sent.error().code == Errc::unavailable);
    line.inbox->drain();
    const auto arrived = sequences(*line.inbox, line.sender->id());
    CHECK(arrived == series(1, arrived.size()));
  }
}

}  // namespace weft::conformance
