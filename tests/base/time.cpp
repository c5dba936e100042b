#include "base/time.hpp"

#include <limits>

#include <catch2/catch.hpp>

using namespace weft;
using namespace std::chrono_literals;

TEST_CASE("a deadline that never comes leaves all the time there is") {
  CHECK(Deadline::none().left(now()) == Duration::max());
  CHECK_FALSE(Deadline::none().has_passed(Instant::max() - 1ns));
}

TEST_CASE("a passed deadline leaves nothing") {
  CHECK(Deadline::passed().left(now()) == Duration::zero());
  CHECK(Deadline(0ms).has_passed(now()));
  CHECK(Deadline(-5ms).has_passed(now()));
  CHECK(Deadline(std::chrono::hours::min()).has_passed(now()));
  CHECK(Deadline(std::chrono::duration<double>(-1e300)).has_passed(now()));
}

TEST_CASE("a wait beyond the end of time never ends instead of overflowing") {
  CHECK(Deadline(Duration::max()).is_none());
  CHECK(Deadline(std::chrono::hours::max()).is_none());
  CHECK(Deadline(std::chrono::years(1'000)).is_none());
  CHECK(Deadline(std::chrono::duration<double>(1e300)).is_none());
  CHECK(Deadline(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())).is_none());
}

TEST_CASE("a wait of any unit is kept to the nanosecond") {
  const auto before = now();
  const Deadline days(std::chrono::days(1'000));
  CHECK(days.instant() >= before + std::chrono::days(1'000));
  CHECK(days.instant() <= now() + std::chrono::days(1'000));
}

TEST_CASE("the earlier of two deadlines is the earlier instant") {
  const auto at = now();
  const auto first = Deadline::at(at);
  CHECK(earlier(first, Deadline::at(at + 1s)).instant() == at);
  CHECK(earlier(Deadline::none(), first).instant() == at);
}
