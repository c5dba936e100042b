// How links begin and end.
#include <filesystem>

#include "kit.hpp"

namespace weft::conformance {

TEST_CASE("both ends of a link learn who the other is, with its announcement, before the first frame") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at);
    auto subscriber = bench.connected(Role::subscriber, at);
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    REQUIRE(publisher->send());
    bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});

    const auto heard = publisher->last(What::matched);
    CHECK(heard.peer == subscriber->id());
    CHECK(heard.announcement == "port " + std::to_string(subscriber->id().port));
    const auto log = subscriber->log();
    REQUIRE(log.at(0).what == What::matched);
    CHECK(log[0].peer == publisher->id());
    CHECK(log[0].announcement == "port " + std::to_string(publisher->id().port));
    CHECK(log.at(1).what == What::frame);
  }
}

TEST_CASE("ends meet in whatever order they bind and connect") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto subscriber = bench.connected(Role::subscriber, at);
    auto publisher = bench.bound(Role::publisher, at);
    bench.until([&] { return subscriber->links() == 1 && publisher->links() == 1; },
                {publisher.get(), subscriber.get()});
    REQUIRE(publisher->send());
    bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});

    const auto call = bench.endpoint();
    auto sender = bench.connected(Role::sender, call);
    auto inbox = bench.bound(Role::inbox, call);
    bench.until([&] { return sender->links() == 1 && inbox->links() == 1; }, {sender.get(), inbox.get()});
    REQUIRE(sender->send());
    bench.until([&] { return inbox->count(What::frame) == 1; }, {inbox.get()});
  }
}

TEST_CASE("bind answers with an endpoint that a peer can connect to") {
  EVERY_TRANSPORT(bench) {
    auto at = bench.endpoint();
    if (at.scheme == "tcp") at.address = "127.0.0.1:0";
    auto publisher = bench.open(Role::publisher);
    const auto answered = publisher->end().bind(at).value();
    auto subscriber = bench.connected(Role::subscriber, answered);
    bench.until([&] { return subscriber->links() == 1; }, {publisher.get(), subscriber.get()});
  }
}

TEST_CASE("a link begins while the publisher does nothing") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at);
    auto subscriber = bench.connected(Role::subscriber, at);
    bench.until([&] { return subscriber->links() == 1; }, {subscriber.get()});
    CHECK(publisher->links() == 1);
  }
}

TEST_CASE("a late subscriber's frames begin after the sequence that it was matched with") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto early = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), early.get()});
    for (int i = 0; i < 5; ++i)
      REQUIRE(publisher->send());
    auto late = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 2; }, {publisher.get(), late.get()});
    REQUIRE(publisher->send());
    bench.until([&] { return late->count(What::frame) == 1; }, {late.get()});
    CHECK(late->last(What::matched).sequence == 5);
    CHECK(sequences(*late, publisher->id()) == series(6, 6));
  }
}

TEST_CASE("what had arrived from a publisher that closes comes first, then the end of the link") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (int i = 0; i < 100; ++i)
      REQUIRE(publisher->send(1000));
    const auto id = publisher->id();
    publisher.reset();
    bench.until([&] { return subscriber->count(What::unmatched) == 1; }, {subscriber.get()});
    CHECK(sequences(*subscriber, id) == series(1, 100));
    CHECK(subscriber->log().back().what == What::unmatched);
    CHECK(subscriber->last(What::unmatched).peer == id);
  }
}

TEST_CASE("a publisher learns that its subscriber has closed, and sends on to the others") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(10));
    auto goes = bench.connected(Role::subscriber, at, reliable(10));
    auto stays = bench.connected(Role::subscriber, at, reliable(10));
    bench.until([&] { return publisher->links() == 2; }, {publisher.get(), goes.get(), stays.get()});
    const auto id = goes->id();
    goes.reset();
    bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
    CHECK(publisher->last(What::unmatched).peer == id);
    for (std::size_t n = 1; n <= 50; ++n) {
      REQUIRE(publisher->send());
      bench.until([&] { return stays->count(What::frame) == n; }, {stays.get()});
    }
  }
}

TEST_CASE("a subscriber attaches again to whoever replaces its publisher") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    for (std::size_t life = 1; life <= 3; ++life) {
      auto publisher = bench.bound(Role::publisher, at, reliable());
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
      REQUIRE(publisher->send());
      bench.until([&] { return subscriber->count(What::frame) == life; }, {subscriber.get()});
      CHECK(subscriber->last(What::frame).peer == publisher->id());
      publisher.reset();
      bench.until([&] { return subscriber->links() == 0; }, {subscriber.get()});
    }
  }
}

TEST_CASE("binding where somebody is bound answers in_use and disturbs nobody") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto first = bench.bound(Role::publisher, at, reliable());
    auto second = bench.open(Role::publisher, reliable());
    const auto refused = second->end().bind(at);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::in_use);
    CHECK(refused.error().message.find(at.address) != std::string::npos);

    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return first->links() == 1; }, {first.get(), subscriber.get()});
    REQUIRE(first->send());
    bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
    const auto other = bench.endpoint();
    CHECK(second->end().bind(other));
  }
}

TEST_CASE("closing an end frees its endpoint and leaves no file") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    for (int life = 0; life < 3; ++life) {
      auto publisher = bench.bound(Role::publisher, at);
      auto subscriber = bench.connected(Role::subscriber, at);
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    }
    CHECK(std::filesystem::is_empty(bench.runtime_directory()));
  }
}

TEST_CASE(
    "the roles that do not own a link may bind or connect where that is offered, and else are refused") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto subscriber = bench.open(Role::subscriber);
    auto publisher = bench.open(Role::publisher);
    const auto bound = subscriber->end().bind(at);
    if (!bound) {
      CHECK(bound.error().code == Errc::unsupported);
      const auto connected = publisher->end().connect(at);
      REQUIRE_FALSE(connected);
      CHECK(connected.error().code == Errc::unsupported);
    } else {
      publisher->end().connect(*bound).value();
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
      REQUIRE(publisher->send());
      bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
    }
  }
}

}  // namespace weft::conformance
