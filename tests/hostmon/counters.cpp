#include "hostmon/counters.hpp"

#include <catch2/catch.hpp>

namespace weft::hostmon {

TEST_CASE("a counter's rise is the difference") {
  CHECK(rise(3, 10) == 7);
  CHECK(rise(10, 10) == 0);
  CHECK(rise(0, 18'446'744'073'709'551'615U) == 18'446'744'073'709'551'615U);
}

TEST_CASE("a 64-bit counter that fell was reset, and nothing is invented") {
  CHECK(rise(10, 9) == 0);
  CHECK(rise(18'446'744'073'709'551'615U, 5) == 0);
}

TEST_CASE("a 32-bit counter rises across its wrap") {
  CHECK(rise32(3, 10) == 7);
  CHECK(rise32(4'294'967'295U, 0) == 1);
  CHECK(rise32(4'294'967'290U, 4) == 10);
}

TEST_CASE("a 32-bit counter that fell by little was reset") {
  CHECK(rise32(10, 9) == 0);
  CHECK(rise32(2'000'000'000U, 0) == 0);
  CHECK(rise32(0x8000'0000U, 0) == 0);
  CHECK(rise32(0x8000'0001U, 0) == 0x7FFF'FFFFU);
}

TEST_CASE("rates are per second of the interval") {
  using namespace std::chrono_literals;
  CHECK(per_second(10, 2s) == 5);
  CHECK(per_second(10, 100ms) == Approx(100));
}

TEST_CASE("elapsed time is never negative and never overflows") {
  using namespace std::chrono_literals;
  const Time start(5s);
  CHECK(elapsed(start, start + 3s) == 3s);
  CHECK(elapsed(start, start - 3s) == 0s);
  CHECK(elapsed(Time::min(), Time::max()) == Duration::max());
  CHECK(elapsed(Time::max(), Time::min()) == 0s);
}

}  // namespace weft::hostmon
