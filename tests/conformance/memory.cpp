// Loans and frames: whose bytes, how long, how many.
#include "kit.hpp"

namespace weft::conformance {

TEST_CASE("a loan that is dropped unsent is returned") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(4));
    auto subscriber = bench.connected(Role::subscriber, at, reliable(4));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (int i = 0; i < 100; ++i) {
      Loan dropped;
      REQUIRE(publisher->end().loan(dropped, 1000, nullptr, Deadline::passed()));
    }
    REQUIRE(publisher->send(1000));
    bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
    CHECK(sequences(*subscriber, publisher->id()) == series(1, 1));
  }
}

TEST_CASE("a loan may be written and dropped when its end has gone") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    for (const std::size_t bytes : {100, 3000, 100'000}) {
      auto publisher = bench.bound(Role::publisher, at, reliable());
      auto subscriber = bench.connected(Role::subscriber, at, reliable());
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
      Loan loan;
      REQUIRE(publisher->end().loan(loan, bytes, nullptr, Deadline::passed()));
      publisher.reset();
      std::ranges::fill(loan.bytes, std::byte{7});
      CHECK(loan.bytes.size() == bytes);
    }
  }
}

TEST_CASE("a loan is as long as was asked, and 8-aligned where traits say so") {
  EVERY_TRANSPORT(bench) {
    auto publisher = bench.bound(Role::publisher, bench.endpoint());
    for (const std::size_t bytes : {48, 49, 63, 64, 1000, 4097, 1 << 20}) {
      Loan loan;
      REQUIRE(publisher->end().loan(loan, bytes, nullptr, Deadline::passed()));
      CHECK(loan.bytes.size() == bytes);
      if (!bench.transport().traits().aligned) continue;
      CHECK(reinterpret_cast<std::uintptr_t>(loan.bytes.data()) % 8 == 0);
    }
  }
}

TEST_CASE("a loan beyond the longest frame is refused as too_big") {
  EVERY_TRANSPORT(bench) {
    auto publisher = bench.bound(Role::publisher, bench.endpoint());
    const auto most = bench.transport().traits().max_frame;
    CHECK(most >= (8 << 20));
    Loan loan;
    const auto lent = publisher->end().loan(loan, most + 1, nullptr, Deadline::passed());
    REQUIRE_FALSE(lent);
    CHECK(lent.error().code == Errc::too_big);
  }
}

TEST_CASE("frames outlive the end that they came from") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    std::vector<Frame> kept;
    for (const std::size_t size : {0, 10, 100, 1000, 100'000}) {
      REQUIRE(publisher->send(size));
      while (kept.empty() || kept.size() < publisher->sent()) {
        if (auto frame = subscriber->take())
          kept.push_back(*std::move(frame));
        else
          REQUIRE(readable(subscriber->end().fd()));
      }
    }
    publisher.reset();
    subscriber.reset();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const auto view = wire::parse_frame(kept[i].bytes).value();
      CHECK(view.header.sequence == i + 1);
      CHECK(is_intact(view));
    }
  }
}

TEST_CASE("every receiver of an object gets the very same one, and it lives until the last has dropped it") {
  EVERY_TRANSPORT_WITH(objects, bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto one = bench.connected(Role::subscriber, at, reliable());
    auto two = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 2; }, {publisher.get(), one.get(), two.get()});
    auto object = std::make_shared<const std::string>("the message itself");
    const std::weak_ptr<const std::string> watched = object;
    Loan loan;
    REQUIRE(publisher->end().loan(loan, wire::header_bytes, nullptr, Deadline::passed()));
    wire::write_header({.source = publisher->id(), .sequence = 1}, loan.bytes);
    loan.object = object;
    CHECK(publisher->end().send(loan));
    for (auto* subscriber : {one.get(), two.get()}) {
      auto frame = subscriber->take();
      REQUIRE(frame);
      CHECK(frame->object.get() == object.get());
    }
    object.reset();
    CHECK(watched.expired());
  }
}

TEST_CASE("a received payload keeps the alignment of the loan, where traits say so") {
  EVERY_TRANSPORT_WITH(aligned, bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (const std::size_t size : {8, 9, 100, 1000, 100'000}) {
      REQUIRE(publisher->send(size));
      std::optional<Frame> frame;
      while (!(frame = subscriber->take()))
        REQUIRE(readable(subscriber->end().fd()));
      CHECK(reinterpret_cast<std::uintptr_t>(frame->bytes.data()) % 8 == 0);
    }
  }
}

}  // namespace weft::conformance
