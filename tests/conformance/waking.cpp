// fd(): how to wait for an end without asking it again and again.
#include <thread>

#include "kit.hpp"

namespace weft::conformance {

namespace {

/// Takes frames, waiting by fd() alone, until `n` have come; false if the watchdog bites.
bool take_by_fd(Port& port, std::size_t n) {
  while (port.count(What::frame) < n) {
    while (port.take()) {
    }
    if (port.count(What::frame) < n && !readable(port.end().fd())) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("after receive() answered nothing, fd() becomes readable at the next frame, each time") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (std::size_t n = 1; n <= 2000; ++n) {
      REQUIRE(publisher->send());
      REQUIRE(take_by_fd(*subscriber, n));
    }
  }
}

TEST_CASE("fd() misses no frame of a sender on another thread") {
  EVERY_TRANSPORT(bench) {
    constexpr std::size_t frames = 50'000;
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(4));
    auto subscriber = bench.connected(Role::subscriber, at, reliable(4));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    bool ok = true;
    std::thread sending([&] {
      for (std::size_t i = 0; i < frames && ok; ++i)
        ok = publisher->send().has_value();
    });
    CHECK(take_by_fd(*subscriber, frames));
    sending.join();
    CHECK(ok);
  }
}

TEST_CASE("fd() misses no frame between two ends that answer each other") {
  EVERY_TRANSPORT(bench) {
    constexpr std::size_t calls = 5'000;
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    auto sender = bench.connected(Role::sender, at, reliable());
    bench.until([&] { return sender->links() == 1; }, {inbox.get(), sender.get()});
    std::atomic<bool> ok{true};
    std::thread serving([&] {
      for (std::size_t n = 0; n < calls && ok;) {
        if (const auto frame = inbox->take()) {
          ok = inbox->reply(frame->path, ++n);
        } else {
          ok = readable(inbox->end().fd());
        }
      }
    });
    for (std::size_t n = 1; n <= calls && ok; ++n)
      ok = sender->send().has_value() && take_by_fd(*sender, n);
    serving.join();
    CHECK(ok);
  }
}

TEST_CASE("after receive() answered nothing, fd() becomes readable at the next change of a link") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at);
    auto subscriber = bench.open(Role::subscriber);
    const auto wait = [](Port& port, const auto& condition) {
      for (port.drain(); !condition(); port.drain())
        REQUIRE(readable(port.end().fd()));
    };
    subscriber->drain();
    subscriber->end().connect(at).value();
    wait(*subscriber, [&] { return subscriber->links() == 1; });
    publisher.reset();
    wait(*subscriber, [&] { return subscriber->links() == 0; });
  }
}

TEST_CASE("an end is used by one thread after the other") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable());
    auto subscriber = bench.connected(Role::subscriber, at, reliable());
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
    for (std::size_t n = 1; n <= 50; ++n) {
      bool ok = true;
      std::thread([&] { ok = publisher->send(n).has_value(); }).join();
      REQUIRE(ok);
      std::thread([&] { ok = take_by_fd(*subscriber, n); }).join();
      REQUIRE(ok);
    }
    std::thread([&] { publisher.reset(); }).join();
    std::thread([&] { subscriber.reset(); }).join();
  }
}

TEST_CASE("ends come and go while others send") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(16));
    auto stays = bench.connected(Role::subscriber, at, reliable(16));
    bench.until([&] { return publisher->links() == 1 && stays->links() == 1; },
                {publisher.get(), stays.get()});
    std::atomic<bool> stop{false};
    std::atomic<bool> ok{true};
    std::jthread reading([&] {
      while (stays->links() == 1) {
        if (!stays->take() && stays->links() == 1) readable(stays->end().fd());
      }
    });
    std::jthread sending([&] {
      while (!stop && ok)
        ok = publisher->send(100).has_value();
      publisher.reset();
    });
    bool heard = true;
    for (int i = 0; i < 20 && ok && heard; ++i) {
      auto guest = bench.connected(Role::subscriber, at, i % 2 == 0 ? reliable(16) : best_effort(16));
      heard = take_by_fd(*guest, 20);
    }
    stop = true;
    sending.join();
    reading.join();
    CHECK(ok);
    CHECK(heard);
  }
}

}  // namespace weft::conformance
