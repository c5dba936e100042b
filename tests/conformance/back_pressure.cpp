// What happens when a receiver is slower than its sender.
#include <thread>

#include "kit.hpp"

namespace weft::conformance {

namespace {

constexpr std::size_t many = 100'000;

/// Sends from a thread of its own.
class Flood final {
 public:
  Flood(Port& port, std::size_t frames, std::size_t payload)
      : thread_([this, &port, frames, payload] {
          for (std::size_t i = 0; i < frames && ok_; ++i)
            ok_ = port.send(payload, std::chrono::seconds(60)).has_value();
        }) {}
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() { join(); }
  /// Waits for its end; whether all was sent.
  bool join() {
    if (thread_.joinable()) thread_.join();
    return ok_;
  }

 private:
  bool ok_ = true;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a reliable link loses nothing, however slow its reader") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(64));
    auto subscriber = bench.connected(Role::subscriber, at, reliable(64));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    Flood flood(*publisher, many, 24);
    bench.until([&] { return subscriber->count(What::frame) == many; }, {subscriber.get()});
    CHECK(flood.join());
    CHECK(sequences(*subscriber, publisher->id()) == series(1, many));
  }
}

TEST_CASE("a reliable link is as deep as the shallower of its ends, and flows as such") {
  EVERY_TRANSPORT(bench) {
    for (const auto& [publishing, subscribing] : {std::pair(16U, 1000U), std::pair(1000U, 16U)}) {
      constexpr std::size_t frames = 1600;
      const auto at = bench.endpoint();
      auto publisher = bench.bound(Role::publisher, at, reliable(publishing));
      auto subscriber = bench.connected(Role::subscriber, at, reliable(subscribing));
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
      Flood flood(*publisher, frames, 24);
      bench.until([&] { return subscriber->count(What::frame) == frames; }, {subscriber.get()});
      CHECK(flood.join());
      CHECK(sequences(*subscriber, publisher->id()) == series(1, frames));
      // A publisher that hears nothing tells its last sequence after a pause, and only so goes on.
      CHECK(subscriber->count(What::tail) < frames / 16 / 4);
    }
  }
}

TEST_CASE("best effort counts what is missing, whichever end is the deeper one") {
  EVERY_TRANSPORT(bench) {
    for (const auto& [publishing, subscribing] : {std::pair(10U, 10'000U), std::pair(10'000U, 10U)}) {
      const auto at = bench.endpoint();
      auto publisher = bench.bound(Role::publisher, at, best_effort(publishing));
      auto subscriber = bench.connected(Role::subscriber, at, best_effort(subscribing));
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
      for (int i = 0; i < 20'000; ++i)
        REQUIRE(publisher->send(1000, Deadline::passed()));
      bench.until([&] { return tally(*subscriber, publisher->id()).last == 20'000; }, {subscriber.get()});
      const auto result = tally(*subscriber, publisher->id());
      CHECK(result.delivered + result.missing == 20'000);
    }
  }
}

TEST_CASE("best effort never waits, and what was sent is what arrived and what is known to be missing") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, best_effort(100));
    auto subscriber = bench.connected(Role::subscriber, at, best_effort(100));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (int i = 0; i < 20'000; ++i)
      REQUIRE(publisher->send(1000, Deadline::passed()));
    bench.until([&] { return tally(*subscriber, publisher->id()).last == 20'000; }, {subscriber.get()});
    const auto result = tally(*subscriber, publisher->id());
    CHECK(result.delivered > 0);
    CHECK(result.missing > 0);
    CHECK(result.delivered + result.missing == 20'000);
  }
}

TEST_CASE("a publisher that closes tells its best-effort readers what they missed at the end") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, best_effort(10));
    auto subscriber = bench.connected(Role::subscriber, at, best_effort(10));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    const auto id = publisher->id();
    for (int i = 0; i < 5'000; ++i)
      REQUIRE(publisher->send(1000, Deadline::passed()));
    std::thread closing([&] { publisher.reset(); });  // may wait for its reader, at most `linger`
    bench.until([&] { return subscriber->count(What::unmatched) == 1; }, {subscriber.get()});
    closing.join();
    const auto result = tally(*subscriber, id);
    CHECK(result.last == 5'000);
    CHECK(result.delivered + result.missing == 5'000);
  }
}

TEST_CASE("a publisher that closes tells it, too, a reader that reads on meanwhile") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, best_effort());
    auto subscriber = bench.connected(Role::subscriber, at, best_effort());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    const auto id = publisher->id();
    for (int i = 0; i < 5'000; ++i)
      REQUIRE(publisher->send(64, Deadline::passed()));
    std::thread closing([&] { publisher.reset(); });
    bench.until([&] { return subscriber->count(What::unmatched) == 1; }, {subscriber.get()});
    closing.join();
    const auto result = tally(*subscriber, id);
    CHECK(result.last == 5'000);
    CHECK(result.delivered + result.missing == 5'000);
  }
}

TEST_CASE("a reliable loan times out while a reader stands still, and goes on when it reads") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(8));
    auto subscriber = bench.connected(Role::subscriber, at, reliable(8));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    Result<void> sent;
    while (sent && publisher->sent() < many)
      sent = publisher->send(1000, std::chrono::milliseconds(5));
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == Errc::timeout);
    CHECK(publisher->links() == 1);

    const auto before = publisher->sent();
    Flood flood(*publisher, 1000, 1000);
    bench.until([&] { return subscriber->count(What::frame) == before + 1000; }, {subscriber.get()});
    CHECK(flood.join());
    CHECK(sequences(*subscriber, publisher->id()) == series(1, before + 1000));
  }
}

TEST_CASE("a reader that stands still for `stall` is unmatched, and the others go on") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto options = reliable(8);
    options.stall = std::chrono::milliseconds(1500);
    auto publisher = bench.bound(Role::publisher, at, options);
    auto good = bench.connected(Role::subscriber, at, reliable(8));
    auto stuck = bench.connected(Role::subscriber, at, reliable(8));
    bench.until([&] { return publisher->links() == 2; }, {publisher.get(), good.get(), stuck.get()});
    Flood flood(*publisher, 20'000, 1000);
    bench.until([&] { return good->count(What::frame) == 20'000; }, {good.get()});
    CHECK(flood.join());
    CHECK(sequences(*good, publisher->id()) == series(1, 20'000));
    CHECK(publisher->count(What::unmatched) == 1);
    CHECK(publisher->last(What::unmatched).peer == stuck->id());
    CHECK(publisher->last(What::unmatched).cause == DropCause::stalled);
  }
}

TEST_CASE("a link that was stalled begins anew when its reader has taken what had arrived") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto options = reliable(8);
    options.stall = std::chrono::milliseconds(50);
    auto publisher = bench.bound(Role::publisher, at, options);
    auto subscriber = bench.connected(Role::subscriber, at, reliable(8));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    while (publisher->count(What::unmatched) == 0)
      REQUIRE(publisher->send(1000));

    bench.until([&] { return subscriber->count(What::matched) == 2 && publisher->links() == 1; },
                {publisher.get(), subscriber.get()});
    CHECK(subscriber->last(What::unmatched).cause == DropCause::stalled);
    REQUIRE(publisher->send());
    bench.until([&] { return subscriber->last(What::frame).sequence == publisher->sent(); },
                {subscriber.get()});
  }
}

TEST_CASE("a best-effort subscriber never holds up a reliable publisher") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(8));
    auto subscriber = bench.connected(Role::subscriber, at, best_effort(8));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (int i = 0; i < 20'000; ++i)
      REQUIRE(publisher->send(100, Deadline::passed()));
    bench.until([&] { return tally(*subscriber, publisher->id()).last == 20'000; }, {subscriber.get()});
  }
}

TEST_CASE("a peer that does not fit holds nobody up") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(8));
    publisher->fits(false);
    auto subscriber = bench.connected(Role::subscriber, at, reliable(8));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (int i = 0; i < 20'000; ++i)
      REQUIRE(publisher->send(100, Deadline::passed()));
  }
}

TEST_CASE("a publisher is told what its reliable readers have taken") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (int i = 0; i < 500; ++i)
      REQUIRE(publisher->send());
    bench.until(
        [&] {
          return publisher->count(What::consumed) > 0 && publisher->last(What::consumed).sequence == 500;
        },
        {publisher.get(), subscriber.get()});
    CHECK(publisher->last(What::consumed).peer == subscriber->id());
  }
}

TEST_CASE("a reliable sender loses nothing, however slow the inbox") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable(16));
    auto sender = bench.connected(Role::sender, at, reliable(16));
    bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
    Flood flood(*sender, 20'000, 100);
    bench.until([&] { return inbox->count(What::frame) == 20'000; }, {inbox.get()});
    CHECK(flood.join());
    CHECK(sequences(*inbox, sender->id()) == series(1, 20'000));
  }
}

}  // namespace weft::conformance
