// How ends are attached and parted, also by other threads than the one that uses them.
#include <thread>

#include "kit.hpp"

namespace weft::conformance {

namespace {

#ifdef __SANITIZE_THREAD__
constexpr int share = 6;  // it looks at each round for longer
#else
constexpr int share = 1;
#endif

/// A publisher at `at` and somebody who hears it, so that whoever could attach there has had the time to.
void someone_else_is_heard(Bench& bench, const Endpoint& at, Port& parted) {
  auto publisher = bench.bound(Role::publisher, at, reliable());
  auto other = bench.connected(Role::subscriber, at, reliable());
  bench.until([&] { return other->links() == 1; }, {publisher.get(), other.get(), &parted});
  REQUIRE(publisher->send());
  bench.until([&] { return other->count(What::frame) == 1; }, {publisher.get(), other.get(), &parted});
  CHECK(publisher->count(What::matched, parted.id()) == 0);
}

}  // namespace

TEST_CASE("an end that is disconnected before anybody has bound the endpoint gets no link by it") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    subscriber->end().disconnect(at).value();
    someone_else_is_heard(bench, at, *subscriber);
    CHECK(subscriber->count(What::matched) == 0);

    const auto call = bench.endpoint();
    auto sender = bench.connected(Role::sender, call);
    sender->end().disconnect(call).value();
    auto inbox = bench.bound(Role::inbox, call);
    auto other = bench.connected(Role::sender, call);
    bench.until([&] { return other->links() == 1; }, {inbox.get(), sender.get(), other.get()});
    CHECK(inbox->count(What::matched, sender->id()) == 0);
  }
}

TEST_CASE(
    "a link whose endpoint is disconnected goes on until the publisher ends it, and does not begin again") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    subscriber->end().disconnect(at).value();
    for (int i = 0; i < 100; ++i)
      REQUIRE(publisher->send(100));
    bench.until([&] { return subscriber->count(What::frame) == 100; }, {publisher.get(), subscriber.get()});
    CHECK(subscriber->links() == 1);
    publisher.reset();
    bench.until([&] { return subscriber->links() == 0; }, {subscriber.get()});
    someone_else_is_heard(bench, at, *subscriber);
    CHECK(subscriber->count(What::matched) == 1);
  }
}

TEST_CASE("a link whose endpoint is disconnected goes on until the inbox ends it, and does not begin again") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at);
    auto sender = bench.connected(Role::sender, at);
    bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
    sender->end().disconnect(at).value();
    REQUIRE(sender->send());
    auto request = inbox->take();
    for (; !request; request = inbox->take())
      REQUIRE(readable(inbox->end().fd()));
    REQUIRE(inbox->reply(request->path, 1));
    inbox.reset();
    bench.until([&] { return sender->links() == 0; }, {sender.get()});
    CHECK(sender->count(What::frame) == 1);
    inbox = bench.bound(Role::inbox, at);
    auto other = bench.connected(Role::sender, at);
    bench.until([&] { return other->links() == 1; }, {inbox.get(), sender.get(), other.get()});
    CHECK(sender->count(What::matched) == 1);
    CHECK(inbox->count(What::matched, sender->id()) == 0);
  }
}

TEST_CASE("what had arrived from an endpoint is handed out after it is disconnected") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
    for (int i = 0; i < 100; ++i)
      REQUIRE(publisher->send(100));
    const auto id = publisher->id();
    publisher.reset();
    subscriber->end().disconnect(at).value();
    bench.until([&] { return subscriber->count(What::unmatched) == 1; }, {subscriber.get()});
    CHECK(sequences(*subscriber, id) == series(1, 100));
  }
}

TEST_CASE("an end that is disconnected can be connected there again") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    subscriber->end().disconnect(at).value();
    subscriber->end().connect(at).value();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    subscriber->end().disconnect(at).value();
    subscriber->end().connect(at).value();
    publisher = nullptr;
    publisher = bench.bound(Role::publisher, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
  }
}

TEST_CASE("disconnecting where an end is not attached answers not_found, and an owner cannot") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto subscriber = bench.open(Role::subscriber);
    CHECK(subscriber->end().disconnect(at).error().code == Errc::not_found);
    subscriber->end().connect(at).value();
    subscriber->end().disconnect(at).value();
    CHECK(subscriber->end().disconnect(at).error().code == Errc::not_found);
    CHECK(bench.open(Role::sender)->end().disconnect(at).error().code == Errc::not_found);
    CHECK(bench.bound(Role::publisher, at)->end().disconnect(at).error().code == Errc::unsupported);
    CHECK(bench.bound(Role::inbox, at)->end().disconnect(at).error().code == Errc::unsupported);
  }
}

TEST_CASE("each end has an endpoint of its own to bind, where it can be reached") {
  EVERY_TRANSPORT(bench) {
    std::vector<std::unique_ptr<Port>> publishers;
    std::vector<std::unique_ptr<Port>> subscribers;
    for (std::size_t i = 0; i < 3; ++i) {
      auto& publisher = publishers.emplace_back(bench.open(Role::publisher));
      const auto bound = publisher->end().bind(bench.transport().own_endpoint(publisher->id())).value();
      auto& subscriber = subscribers.emplace_back(bench.connected(Role::subscriber, bound));
      bench.until([&] { return subscriber->links() == 1; }, {publisher.get(), subscriber.get()});
      CHECK(subscriber->last(What::matched).peer == publisher->id());
    }
    auto inbox = bench.open(Role::inbox);
    const auto bound = inbox->end().bind(bench.transport().own_endpoint(inbox->id())).value();
    auto sender = bench.connected(Role::sender, bound);
    bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
  }
}

TEST_CASE("a subscriber that one thread reads is attached and parted by another, and loses nothing") {
  EVERY_TRANSPORT(bench) {
    constexpr std::size_t publishers = 30 / share;
    constexpr std::size_t frames = 100;
    auto subscriber = bench.open(Role::subscriber, reliable(16));
    std::atomic<bool> ok{true};
    std::thread agent([&] {
      for (std::size_t i = 0; i < publishers && ok; ++i) {
        auto publisher = bench.open(Role::publisher, reliable(16));
        const auto at = publisher->end().bind(bench.endpoint()).value();
        ok = ok && subscriber->end().connect(at);
        while (ok && publisher->links() == 0) {
          publisher->drain();
          ok = readable(publisher->told());
        }
        publisher->drain();  // the link is ready
        for (std::size_t n = 0; n < frames && ok; ++n)
          ok = publisher->send(100).has_value();
        ok = ok && subscriber->end().disconnect(at);
      }
    });
    bool heard = true;
    while (heard && subscriber->count(What::unmatched) < publishers) {
      subscriber->drain();
      if (subscriber->count(What::unmatched) < publishers) heard = readable(subscriber->end().fd());
    }
    agent.join();
    CHECK(ok);
    CHECK(heard);
    CHECK(subscriber->count(What::frame) == publishers * frames);
  }
}

TEST_CASE("owners that one thread uses are bound by another") {
  EVERY_TRANSPORT(bench) {
    constexpr int places = 30 / share;
    auto publisher = bench.open(Role::publisher, best_effort());
    auto inbox = bench.open(Role::inbox);
    std::atomic<bool> stop{false};
    std::jthread sending([&] {
      while (!stop)
        publisher->send(100).value();
    });
    std::jthread serving([&] {
      while (!stop) {
        if (const auto frame = inbox->take()) inbox->reply(frame->path, 1);
      }
    });
    for (int i = 0; i < places; ++i) {
      const auto at = publisher->end().bind(bench.endpoint()).value();
      auto subscriber = bench.connected(Role::subscriber, at);
      bench.until([&] { return subscriber->count(What::frame) != 0; }, {subscriber.get()});
      auto sender = bench.connected(Role::sender, inbox->end().bind(bench.endpoint()).value());
      bench.until([&] { return sender->links() == 1; }, {sender.get()});
      REQUIRE(sender->send());
      bench.until([&] { return sender->count(What::frame) == 1; }, {sender.get()});
    }
    stop = true;
  }
}

TEST_CASE("a sender that one thread uses is connected by another") {
  EVERY_TRANSPORT(bench) {
    for (int i = 0; i < 20; ++i) {
      auto inbox = bench.bound(Role::inbox, bench.endpoint());
      auto sender = bench.open(Role::sender);
      const auto at = inbox->end().bind(bench.endpoint()).value();
      std::jthread agent([&] { sender->end().connect(at).value(); });
      bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
      REQUIRE(sender->send());
      bench.until([&] { return inbox->count(What::frame) == 1; }, {inbox.get()});
    }
  }
}

}  // namespace weft::conformance
