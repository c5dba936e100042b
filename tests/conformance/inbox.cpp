// The inbox flow: any senders, one inbox, replies down a return path.
#include <map>

#include "kit.hpp"

namespace weft::conformance {

namespace {

struct Request {
  PortId from;
  std::uint64_t sequence;
  ReturnPath path;
};

/// Takes requests until there are `n`.
std::vector<Request> requests(Bench& bench, Port& inbox, std::size_t n) {
  std::vector<Request> taken;
  while (taken.size() < n) {
    while (auto frame = inbox.take()) {
      const auto header = wire::parse_frame(frame->bytes)->header;
      taken.push_back({header.source, header.sequence, frame->path});
    }
    if (taken.size() < n) REQUIRE(readable(inbox.end().fd()));
  }
  static_cast<void>(bench);
  return taken;
}

}  // namespace

TEST_CASE("an inbox hears many senders, and a reply reaches the one sender that its return path came from") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    std::vector<std::unique_ptr<Port>> senders;
    std::vector<Port*> all{inbox.get()};
    for (int i = 0; i < 8; ++i) {
      all.push_back(senders.emplace_back(bench.connected(Role::sender, at, reliable())).get());
    }
    bench.until([&] { return inbox->links() == 8; }, all);
    bench.until(
        [&] { return std::ranges::all_of(senders, [](auto& sender) { return sender->links() == 1; }); }, all);
    for (std::size_t round = 1; round <= 50; ++round) {
      for (const auto& sender : senders)
        REQUIRE(sender->send(round));
      for (const auto& request : requests(bench, *inbox, senders.size())) {
        REQUIRE_FALSE(request.path.empty());
        CHECK(inbox->reply(request.path, request.sequence + 1000, 2 * round));
      }
      for (const auto& sender : senders) {
        bench.until([&] { return sender->count(What::frame) == round; }, {sender.get()});
      }
    }
    for (const auto& sender : senders) {
      CHECK(sequences(*inbox, sender->id()) == series(1, 50));
      CHECK(sequences(*sender, inbox->id()) == series(1001, 1050));
      CHECK(std::ranges::all_of(sender->log(), &Event::intact));
    }
  }
}

TEST_CASE("inbox and sender learn who the other is, with its announcement") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    auto sender = bench.connected(Role::sender, at, reliable());
    bench.until([&] { return inbox->links() == 1 && sender->links() == 1; }, {inbox.get(), sender.get()});
    CHECK(inbox->last(What::matched).peer == sender->id());
    CHECK(inbox->last(What::matched).announcement == "port " + std::to_string(sender->id().port));
    CHECK(sender->last(What::matched).peer == inbox->id());
    CHECK(sender->last(What::matched).announcement == "port " + std::to_string(inbox->id().port));
  }
}

TEST_CASE("requests and replies of every size arrive whole") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    auto sender = bench.connected(Role::sender, at, reliable());
    bench.until([&] { return inbox->links() == 1 && sender->links() == 1; }, {inbox.get(), sender.get()});
    std::size_t calls = 0;
    for (const std::size_t size : {0, 1, 33, 207, 208, 4048, 65'489, 1 << 20, (8 << 20) - 48}) {
      REQUIRE(sender->send(size));
      for (const auto& request : requests(bench, *inbox, 1))
        CHECK(inbox->reply(request.path, request.sequence, size));
      bench.until([&] { return sender->count(What::frame) == calls + 1; }, {sender.get()});
      ++calls;
      CHECK(inbox->last(What::frame).payload == size);
      CHECK(inbox->last(What::frame).intact);
      CHECK(sender->last(What::frame).payload == size);
      CHECK(sender->last(What::frame).intact);
    }
  }
}

TEST_CASE("a reply to a sender that has closed answers false") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    auto sender = bench.connected(Role::sender, at, reliable());
    auto other = bench.connected(Role::sender, at, reliable());
    bench.until([&] { return sender->links() == 1 && other->links() == 1; },
                {inbox.get(), sender.get(), other.get()});
    REQUIRE(sender->send());
    const auto gone = requests(bench, *inbox, 1);
    REQUIRE(other->send());
    const auto there = requests(bench, *inbox, 1);
    sender.reset();
    bench.until([&] { return inbox->links() == 1; }, {inbox.get()});
    CHECK(inbox->last(What::unmatched).peer == gone[0].from);
    CHECK_FALSE(inbox->reply(gone[0].path, 1));
    CHECK(inbox->reply(there[0].path, 1));
    bench.until([&] { return other->count(What::frame) == 1; }, {other.get()});
  }
}

TEST_CASE("a sender has one inbox") {
  EVERY_TRANSPORT(bench) {
    auto sender = bench.connected(Role::sender, bench.endpoint(), reliable());
    const auto second = sender->end().connect(bench.endpoint());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::unsupported);
  }
}

TEST_CASE("a sender learns that its inbox has closed, and that nobody is there") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    auto sender = bench.connected(Role::sender, at, reliable());
    bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
    REQUIRE(sender->send());
    const auto request = requests(bench, *inbox, 1);
    CHECK(inbox->reply(request[0].path, 1));
    const auto id = inbox->id();
    inbox.reset();
    bench.until([&] { return sender->links() == 0; }, {sender.get()});
    CHECK(sender->last(What::unmatched).peer == id);
    CHECK(sequences(*sender, id) == series(1, 1));
    const auto sent = sender->send();
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == Errc::unavailable);
  }
}

TEST_CASE("a sender that nobody has answered yet is refused a loan as unavailable") {
  EVERY_TRANSPORT(bench) {
    auto sender = bench.connected(Role::sender, bench.endpoint(), reliable());
    const auto sent = sender->send();
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == Errc::unavailable);
  }
}

TEST_CASE("a sender attaches again to whoever replaces its inbox") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto sender = bench.connected(Role::sender, at, reliable());
    for (int life = 1; life <= 3; ++life) {
      auto inbox = bench.bound(Role::inbox, at, reliable());
      bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
      REQUIRE(sender->send());
      bench.until([&] { return inbox->count(What::frame) == 1; }, {inbox.get()});
      inbox.reset();
      bench.until([&] { return sender->links() == 0; }, {sender.get()});
    }
  }
}

TEST_CASE("an inbox that stands still is unmatched at its sender after `stall`") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto options = reliable(8);
    options.stall = std::chrono::milliseconds(50);
    auto inbox = bench.bound(Role::inbox, at, reliable(8));
    auto sender = bench.connected(Role::sender, at, options);
    bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
    Result<void> sent;
    while (sent)
      sent = sender->send(1000);
    CHECK(sent.error().code == Errc::unavailable);
    bench.until([&] { return sender->count(What::unmatched) == 1; }, {sender.get()});
    CHECK(sender->last(What::unmatched).cause == DropCause::stalled);
  }
}

TEST_CASE("an inbox that stood still and reads again is matched again, and its sender is heard") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto options = reliable(8);
    options.stall = std::chrono::milliseconds(50);
    auto inbox = bench.bound(Role::inbox, at, reliable(8));
    auto sender = bench.connected(Role::sender, at, options);
    bench.until([&] { return sender->links() == 1 && inbox->links() == 1; }, {inbox.get(), sender.get()});
    while (sender->send(1000))
      continue;
    inbox->drain();
    bench.until([&] { return sender->count(What::matched) == 2 && sender->links() == 1; },
                {inbox.get(), sender.get()});
    const auto before = inbox->count(What::frame);
    REQUIRE(sender->send());
    bench.until([&] { return inbox->count(What::frame) == before + 1; }, {inbox.get(), sender.get()});
    for (const auto* port : {inbox.get(), sender.get()}) {
      bool there = false;
      for (const auto& event : port->log()) {
        if (event.what != What::matched && event.what != What::unmatched) continue;
        CHECK(there == (event.what == What::unmatched));  // a link ends before it begins anew
        there = event.what == What::matched;
      }
    }
  }
}

}  // namespace weft::conformance
