#include "run/timer.hpp"

#include "base/poll.hpp"
#include "node/kit.hpp"
#include "run/alarm.hpp"

namespace weft::test {

TEST_CASE("a timer's beats are counted, however late they are taken") {
  constexpr auto period = 1ms;
  const auto begun = now();
  auto timer = Timer::every(period).value();
  std::uint64_t beats = 0;
  while (beats < 20)
    beats += timer.wait(patience).value();
  // None comes early, and none is lost: beat n is due n periods after the start.
  CHECK(now() - begun >= std::int64_t(beats) * period);
  const auto before = now();
  const auto missed = before + 10 * period;
  while (now() < missed)
    std::this_thread::yield();
  beats += timer.take();
  CHECK(std::int64_t(beats) * period >= before - begun - period);
}

TEST_CASE("a timer after a delay beats once") {
  auto timer = Timer::after(1us).value();
  CHECK(timer.wait(patience).value() == 1);
  CHECK(timer.take() == 0);
  CHECK(timer.wait(1ms).error().code == Errc::timeout);
}

TEST_CASE("a delay of nothing, or less, is over at once") {
  for (const auto delay : {Duration::zero(), Duration(-1s), Duration::min()})
    CHECK(Timer::after(delay).value().wait(patience).value() == 1);
}

TEST_CASE("a period must be above zero") {
  CHECK(Timer::every(0s).error().code == Errc::invalid_argument);
  CHECK(Timer::every(-1s).error().code == Errc::invalid_argument);
}

TEST_CASE("the longest delay is a timer that does not beat") {
  auto timer = Timer::after(Duration::max()).value();
  CHECK(timer.take() == 0);
  CHECK(timer.wait(Deadline::passed()).error().code == Errc::timeout);
}

TEST_CASE("an alarm rings from the instant on that was said last, and can be put off again") {
  const auto rings = [](const run::Alarm& alarm, Deadline deadline) {
    std::array polled{pollfd{alarm.fd(), POLLIN, 0}};
    return sys::poll(polled, deadline, "an alarm").value() != 0;
  };
  auto alarm = run::Alarm::create().value();
  CHECK_FALSE(rings(alarm, Deadline::passed()));
  alarm.set_no_later_than(now() + 1h);
  const auto soon = now() + 1ms;
  alarm.set_no_later_than(soon);
  alarm.set_no_later_than(now() + 1h);
  CHECK(alarm.at() == soon);
  CHECK(rings(alarm, patience));
  CHECK(now() >= soon);
  alarm.set(Instant::min());
  CHECK(rings(alarm, patience));
  alarm.set(Instant::max());
  CHECK_FALSE(rings(alarm, Deadline::passed()));
}

}  // namespace weft::test
