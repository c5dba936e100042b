// The fan-out flow: one publisher, every subscriber.
#include "kit.hpp"

namespace weft::conformance {

TEST_CASE("frames of every size arrive whole and in order") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    std::vector<std::size_t> sizes{0,   1,   7,   8,    15,   16,   17,     63,    64,
                                   207, 208, 209, 4047, 4048, 4049, 65'488, 65'489};
    sizes.push_back((8 << 20) - wire::header_bytes);
    for (const auto size : sizes) {
      REQUIRE(publisher->send(size));
      bench.until([&] { return subscriber->count(What::frame) == publisher->sent(); }, {subscriber.get()});
      const auto frame = subscriber->last(What::frame);
      CHECK(frame.payload == size);
      CHECK(frame.intact);
    }
    CHECK(sequences(*subscriber, publisher->id()) == series(1, sizes.size()));
  }
}

TEST_CASE("each of several subscribers gets each frame") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    std::vector<std::unique_ptr<Port>> subscribers;
    std::vector<Port*> all{publisher.get()};
    for (int i = 0; i < 5; ++i) {
      all.push_back(subscribers.emplace_back(bench.connected(Role::subscriber, at, reliable())).get());
    }
    bench.until([&] { return publisher->links() == subscribers.size(); }, all);
    for (int i = 0; i < 200; ++i)
      REQUIRE(publisher->send(100));
    for (const auto& subscriber : subscribers) {
      bench.until([&] { return subscriber->count(What::frame) == 200; }, {subscriber.get()});
      CHECK(sequences(*subscriber, publisher->id()) == series(1, 200));
    }
  }
}

TEST_CASE("a subscriber hears several publishers, each in its own order") {
  EVERY_TRANSPORT(bench) {
    auto subscriber = bench.open(Role::subscriber, reliable());
    std::vector<std::unique_ptr<Port>> publishers;
    std::vector<Port*> all{subscriber.get()};
    for (int i = 0; i < 3; ++i) {
      const auto at = bench.endpoint();
      all.push_back(publishers.emplace_back(bench.bound(Role::publisher, at, reliable())).get());
      subscriber->end().connect(at).value();
    }
    bench.until([&] { return subscriber->links() == 3; }, all);
    for (int i = 0; i < 100; ++i) {
      for (const auto& publisher : publishers)
        REQUIRE(publisher->send(10));
    }
    bench.until([&] { return subscriber->count(What::frame) == 300; }, {subscriber.get()});
    for (const auto& publisher : publishers)
      CHECK(sequences(*subscriber, publisher->id()) == series(1, 100));
  }
}

TEST_CASE("a publisher bound at several endpoints serves them all") {
  EVERY_TRANSPORT(bench) {
    auto publisher = bench.open(Role::publisher, reliable());
    std::vector<std::unique_ptr<Port>> subscribers;
    std::vector<Port*> all{publisher.get()};
    for (int i = 0; i < 2; ++i) {
      const auto at = publisher->end().bind(bench.endpoint()).value();
      all.push_back(subscribers.emplace_back(bench.connected(Role::subscriber, at, reliable())).get());
    }
    bench.until([&] { return publisher->links() == 2; }, all);
    REQUIRE(publisher->send());
    for (const auto& subscriber : subscribers) {
      bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
    }
  }
}

TEST_CASE("sending with nobody attached harms nothing") {
  EVERY_TRANSPORT(bench) {
    auto publisher = bench.open(Role::publisher, reliable());
    REQUIRE(publisher->send(10));
    const auto at = publisher->end().bind(bench.endpoint()).value();
    REQUIRE(publisher->send(10));
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    REQUIRE(publisher->send(10));
    bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
    CHECK(sequences(*subscriber, publisher->id()) == series(3, 3));
  }
}

}  // namespace weft::conformance
