#include "run/waker.hpp"

#include <thread>

#include <catch2/catch.hpp>
#include <poll.h>

namespace weft::run {

namespace {

bool readable(const Waker& waker, int patience_ms = 0) {
  pollfd polled{waker.fd(), POLLIN, 0};
  return ::poll(&polled, 1, patience_ms) == 1;
}

void wait_until(const std::atomic<int>& reached, int goal) {
  while (reached != goal)
    std::this_thread::yield();
}

}  // namespace

TEST_CASE("a waker is readable from its first wake-up until it is cleared, however often it was woken") {
  auto waker = Waker::create().value();
  REQUIRE_FALSE(readable(waker));
  waker.wake();
  waker.wake();
  REQUIRE(readable(waker));
  waker.clear();
  REQUIRE_FALSE(readable(waker));
  waker.clear();
  waker.wake();
  REQUIRE(readable(waker));
}

// Clearing between the two halves of a wake-up used to leave the descriptor readable for ever.
TEST_CASE("a waker that is cleared while it is being woken can be cleared afterwards") {
  constexpr int rounds = 20'000;
  auto waker = Waker::create().value();
  std::atomic<int> begun{0};
  std::atomic<int> done{0};
  std::jthread waking([&] {
    for (int round = 1; round <= rounds; ++round) {
      wait_until(begun, round);
      waker.wake();
      done = round;
    }
  });
  int stuck = 0;
  for (int round = 1; round <= rounds; ++round) {
    begun = round;
    for (; done != round; std::this_thread::yield()) {
      for (int i = 0; i < 50; ++i)
        waker.clear();
    }
    waker.clear();
    if (readable(waker)) ++stuck;
  }
  REQUIRE(stuck == 0);
}

TEST_CASE("what was done before a wake-up is seen by whoever polls, clears and looks") {
  constexpr int events = 100'000;
  auto waker = Waker::create().value();
  std::atomic<int> told{0};
  std::jthread telling([&] {
    for (int event = 1; event <= events; ++event) {
      told.store(event, std::memory_order_relaxed);  // pairs with nothing: the waker orders it
      waker.wake();
    }
  });
  bool slept_through = false;
  int seen = 0;
  while (seen != events && !slept_through) {
    slept_through = !readable(waker, 20'000);
    waker.clear();
    seen = told.load(std::memory_order_relaxed);  // pairs with nothing: the waker orders it
  }
  REQUIRE_FALSE(slept_through);
}

}  // namespace weft::run
