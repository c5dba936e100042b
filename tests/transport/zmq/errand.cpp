#include "transport/zmq/errand.hpp"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::transport::zeromq;
using namespace std::chrono_literals;

namespace {

/// Waits until `times` is greater than it was.
void once_more(const std::atomic<int>& times) {
  const Deadline deadline = 60s;
  for (const int before = times; times == before; std::this_thread::yield())
    REQUIRE_FALSE(deadline.has_passed(now()));
}

}  // namespace

TEST_CASE("an errand is done again and again while it is wanted, and never after its end") {
  const auto agent = Agent::start().value();
  std::atomic<int> times = 0;
  Errand errand(*agent, 1ms, [&] { ++times; });
  for (int wish = 0; wish < 3; ++wish) {
    errand.want();
    errand.want();
    once_more(times);
    once_more(times);
    errand.unwant();
  }
  errand.end().reset();
  const int at_the_end = times;
  errand.unwant();  // as by a task that ran until then
  errand.want();
  std::atomic<int> ticks = 0;
  const auto other = agent->every(1ms, [&] { ++ticks; }).value();
  for (int i = 0; i < 5; ++i)
    once_more(ticks);
  CHECK(times == at_the_end);
}
