// Credit against made-up workers: a clock that stands where the test puts it.
#include "node/credit.hpp"

#include <deque>

#include <catch2/catch.hpp>

namespace weft::node {

namespace {

using namespace std::chrono_literals;

/// A worker that does one item after another, each in `pace`, and is given all that its credit allows.
struct Line {
  Credit credit;
  Duration pace;
  Instant now{};
  std::uint64_t last = 0;
  std::deque<std::uint64_t> items{};

  void run(int steps) {
    const auto clock = [this] { return now; };
    for (int i = 0; i < steps; ++i) {
      while (credit.any()) {
        items.push_back(++last);
        credit.give(last, clock);
      }
      now += pace;
      credit.take_back(items.front(), clock);
      items.pop_front();
    }
  }
};

}  // namespace

TEST_CASE("a quick worker's credit grows to the most") {
  Line line{Credit(1000), 1us};
  line.run(5000);
  CHECK(line.credit.allowed() == 1000);
}

TEST_CASE("a slow worker's credit shrinks until nothing waits there longer than the patience") {
  Line line{Credit(1000), 1ms};
  line.run(5000);
  CHECK(line.credit.allowed() >= 5);
  CHECK(line.credit.allowed() <= 20);
}

TEST_CASE("a very slow worker keeps one item to work at and one to go on with") {
  Line line{Credit(1000), 1s};
  line.run(100);
  CHECK(line.credit.allowed() == Credit::least);
}

TEST_CASE("a worker that becomes quick again gets more again") {
  Line line{Credit(1000), 1s};
  line.run(100);
  line.pace = 1us;
  line.run(5000);
  CHECK(line.credit.allowed() == 1000);
}

TEST_CASE("who is given little is not given more credit for being quick") {
  Credit credit(1000);
  const auto clock = [] { return Instant{}; };
  for (std::uint64_t i = 1; i <= 100; ++i) {
    credit.give(i, clock);
    credit.take_back(i, clock);
  }
  CHECK(credit.allowed() == Credit::least);
}

TEST_CASE("a worker that keeps what it has and asks for more gets one more, up to the most") {
  Credit credit(5);
  const auto clock = [] { return Instant{}; };
  std::uint32_t given = 0;
  for (int i = 0; i < 10; ++i) {
    while (credit.any())
      credit.give(++given, clock);
    credit.ask();
  }
  CHECK(given == 5);
}

TEST_CASE("credit never goes beyond the queue's depth") {
  for (const auto most : {1u, 2u, 3u, 100u}) {
    Line line{Credit(most), 1us};
    line.run(1000);
    CHECK(line.credit.allowed() == most);
    line.pace = 1s;
    line.run(1000);
    CHECK(line.credit.allowed() == std::min(most, Credit::least));
  }
}

}  // namespace weft::node
