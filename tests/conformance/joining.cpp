// Subscribers that come while the publisher sends as fast as it can.
#include <atomic>
#include <thread>

#include "kit.hpp"

namespace weft::conformance {

namespace {

/// Sends from a thread of its own until it is dropped.
class Flood final {
 public:
  explicit Flood(Port& port)
      : thread_([this, &port] {
          while (!stop_ && ok_)
            ok_ = port.send(100).has_value();
        }) {}
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() { stop(); }
  /// Whether every send succeeded.
  bool stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return ok_;
  }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<bool> ok_{true};
  std::thread thread_;
};

/// Takes frames, waiting by fd() alone, until `n` have come; false if the watchdog bites.
bool take(Port& port, std::size_t n) {
  while (port.count(What::frame) < n) {
    if (!port.take() && !readable(port.end().fd())) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a reliable subscriber that joins a flood gets every frame that is sent after it was matched") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, reliable(64));
    Flood flood(*publisher);
    for (int i = 0; i < 100; ++i) {
      auto guest = bench.connected(Role::subscriber, at, reliable(i % 2 == 0 ? 64 : 16));
      REQUIRE(take(*guest, 300));
      const auto first = guest->last(What::matched).sequence + 1;
      REQUIRE(sequences(*guest, publisher->id()) == series(first, first + 299));
    }
    CHECK(flood.stop());
  }
}

TEST_CASE("a best-effort subscriber that joins a flood knows of every frame after it was matched") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto publisher = bench.bound(Role::publisher, at, best_effort(16));
    Flood flood(*publisher);
    for (int i = 0; i < 20; ++i) {
      auto guest = bench.connected(Role::subscriber, at, best_effort(16));
      REQUIRE(take(*guest, 20));
      const auto known = tally(*guest, publisher->id());
      CHECK(known.delivered + known.missing == known.last - guest->last(What::matched).sequence);
    }
    CHECK(flood.stop());
  }
}

TEST_CASE("subscribers that join a reliable flood after another has stalled are served") {
  EVERY_TRANSPORT(bench) {
    const auto at = bench.endpoint();
    auto options = reliable(16);
    options.stall = std::chrono::milliseconds(20);
    auto publisher = bench.bound(Role::publisher, at, options);
    auto stuck = bench.connected(Role::subscriber, at, reliable(16));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get(), stuck.get()});
    while (publisher->links() == 1)
      REQUIRE(publisher->send(100));
    Flood flood(*publisher);
    for (int i = 0; i < 6; ++i) {
      auto guest = bench.connected(Role::subscriber, at, i % 2 == 0 ? reliable(16) : best_effort(16));
      REQUIRE(take(*guest, 20));
    }
    CHECK(flood.stop());
  }
}

}  // namespace weft::conformance
