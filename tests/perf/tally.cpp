// The books of one writer.
#include "stage/tally.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace weft::perf {

namespace {

Tally tally_of(const std::vector<std::uint64_t>& sequences) {
  Tally tally;
  for (const auto sequence : sequences)
    tally.take({.sequence = sequence});
  return tally;
}

}  // namespace

TEST_CASE("all that came in order is delivered, and nothing else") {
  const auto tally = tally_of({1, 2, 3, 4});
  CHECK(tally.delivered() == 4);
  CHECK(tally.last() == 4);
  CHECK(tally.gaps() + tally.late() + tally.twice() == 0);
}

TEST_CASE("what is left out is a gap, from the first message on") {
  const auto tally = tally_of({3, 4, 8});
  CHECK(tally.delivered() == 3);
  CHECK(tally.gaps() == 5);
  CHECK(tally.last() == 8);
  CHECK(tally_of({5'000'000'000}).gaps() == 4'999'999'999);
  CHECK(tally_of({}).delivered() == 0);
}

TEST_CASE("what comes twice is delivered once") {
  const auto tally = tally_of({1, 1, 2, 3, 1, 2});
  CHECK(tally.delivered() == 3);
  CHECK(tally.twice() == 3);
  CHECK(tally.gaps() + tally.late() == 0);
}

TEST_CASE("what comes after later ones is late, and no gap any more") {
  const auto tally = tally_of({2, 1, 5, 3, 4, 4});
  CHECK(tally.delivered() == 5);
  CHECK(tally.late() == 3);
  CHECK(tally.twice() == 1);
  CHECK(tally.gaps() == 0);
}

TEST_CASE("it is known of the last 64 what has come") {
  const auto back = GENERATE(63U, 64U, 65U, 1000U);
  CAPTURE(back);
  Tally tally;
  for (std::uint64_t sequence = 2; sequence <= 1 + back; ++sequence)
    tally.take({.sequence = sequence});
  REQUIRE(tally.gaps() == 1);
  tally.take({.sequence = 1});
  CHECK(tally.late() == (back < 64));
  CHECK(tally.twice() == (back >= 64));
  CHECK(tally.gaps() == (back >= 64));
  CHECK(tally.delivered() == back + (back < 64));
}

TEST_CASE("a jump far ahead forgets nothing, nor invents it") {
  const auto tally = tally_of({1, 2, 1000, 2, 999, 998, 1000});
  CHECK(tally.delivered() == 5);
  CHECK(tally.gaps() == 995);
  CHECK(tally.late() == 2);
  CHECK(tally.twice() == 2);
}

TEST_CASE("there is no message 0") {
  const auto tally = tally_of({0, 1, 0});
  CHECK(tally.delivered() == 1);
  CHECK(tally.twice() == 2);
}

TEST_CASE("the mark of the end ends it, and is a message as any") {
  Tally tally;
  tally.take({.sequence = 1});
  CHECK_FALSE(tally.ended());
  tally.take({.sequence = 2, .phase = Phase::end});
  CHECK(tally.ended());
  CHECK(tally.delivered() == 2);
}

}  // namespace weft::perf
