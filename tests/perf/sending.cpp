// When messages are sent, and from when their latency counts, by a clock that stands still unless it is told.
#include "stage/sending.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "kit/histogram.hpp"

namespace weft::perf {

namespace {

constexpr std::int64_t ms = 1'000'000;

class HandClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_ns() const override { return now_ns_; }
  double wait_until(std::int64_t due_ns) override {
    now_ns_ = std::max(now_ns_, due_ns);
    return 0.5;
  }
  void pass(std::int64_t ns) { now_ns_ += ns; }

 private:
  std::int64_t now_ns_ = 1'000'000'000'000;
};

/// The latencies of 10,000 messages or 10 s, each sent within 1 ms, but one that is held up for 100.
Histogram with_a_stall(double rate) {
  HandClock clock;
  Histogram latencies;
  std::uint64_t number = 0;
  send_phase({.rate = rate, .seconds = 10}, Phase::measured, Stage(), clock, [&](Mark mark) {
    if (rate == 0) clock.pass(ms);
    if (++number == 5000) clock.pass(100 * ms);
    latencies.record(std::uint64_t(clock.now_ns() - mark.stamp_ns));
  });
  return latencies;
}

double ms_at(const Histogram& histogram, double q) {
  return double(histogram.quantile(q)) / ms;
}

}  // namespace

TEST_CASE("a stall in an open loop counts against each message that it delayed") {
  const auto latencies = with_a_stall(1000);
  CHECK(latencies.count() == 10'000);
  CHECK(ms_at(latencies, 1) == Approx(100).epsilon(0.001));
  CHECK(ms_at(latencies, 0.999) == Approx(90).epsilon(0.001));
  CHECK(ms_at(latencies, 0.995) == Approx(50).epsilon(0.001));
  CHECK(ms_at(latencies, 0.991) == Approx(10).epsilon(0.001));
  CHECK(ms_at(latencies, 0.99) == 0);
}

TEST_CASE("a stall in a closed loop counts against one") {
  const auto latencies = with_a_stall(0);
  CHECK(latencies.count() == 9'900);
  CHECK(ms_at(latencies, 1) == Approx(101).epsilon(0.001));
  CHECK(ms_at(latencies, 0.999) == Approx(1).epsilon(0.001));
}

TEST_CASE("an open loop does not drift in a million messages") {
  const double rate = GENERATE(3333.3, 1e6, 7.0);
  CAPTURE(rate);
  constexpr std::uint64_t count = 1'000'000;
  HandClock clock;
  const auto start_ns = clock.now_ns();
  std::uint64_t i = 0;
  double most_off = 0;
  const auto sent = send_phase(
      {.rate = rate, .seconds = 1e6, .count = count}, Phase::measured, Stage(), clock, [&](Mark mark) {
        const auto right = double(i++) * 1e9 / rate;
        most_off = std::max(most_off, std::abs(double(mark.stamp_ns - start_ns) - right));
        clock.pass(i % 10 * 100);  // a send takes its time
      });
  CHECK(sent.count == count);
  CHECK(most_off <= 1);
}

TEST_CASE("who is late sends what is due at once, until he is in time again") {
  HandClock clock;
  const auto start_ns = clock.now_ns();
  std::vector<std::int64_t> sent_at;
  send_phase({.rate = 1000, .seconds = 0.010}, Phase::measured, Stage(), clock, [&](Mark /*mark*/) {
    sent_at.push_back((clock.now_ns() - start_ns) / ms);
    if (sent_at.size() == 3) clock.pass(3 * ms);
  });
  CHECK(sent_at == std::vector<std::int64_t>{0, 1, 2, 5, 5, 5, 6, 7, 8, 9});
}

TEST_CASE("an open loop lasts until its end, so that its rate is that which it was given") {
  HandClock clock;
  const auto sent =
      send_phase({.rate = 4, .seconds = 2.1}, Phase::measured, Stage(), clock, [](Mark /*mark*/) {});
  CHECK(sent.count == 9);
  CHECK(sent.seconds == Approx(2.1));
  CHECK(sent.waited == Approx(10 * 0.5));
}

TEST_CASE("a closed loop looks at no schedule") {
  HandClock clock;
  const auto sent = send_phase({.seconds = 0.1}, Phase::measured, Stage(), clock, [&](Mark mark) {
    CHECK(mark.stamp_ns == clock.now_ns());
    clock.pass(3 * ms);
  });
  CHECK(sent.count == 34);
  CHECK(sent.seconds == Approx(0.102));
  CHECK(sent.waited == 0);
}

TEST_CASE("without a rate one message in so many looks at the clock, the first among them") {
  HandClock clock;
  std::vector<bool> stamped;
  const auto sent =
      send_phase({.stamped = 4, .seconds = 0.1}, Phase::measured, Stage(), clock, [&](Mark mark) {
        stamped.push_back(mark.stamp_ns != 0);
        clock.pass(10 * ms);
      });
  CHECK(sent.count == 12);  // the end, too, is seen by who looks
  for (std::size_t i = 0; i < stamped.size(); ++i)
    CHECK(stamped[i] == (i % 4 == 0));
}

TEST_CASE("a warm-up has its own time, and no limit of messages") {
  HandClock clock;
  const auto warm_up = send_phase({.number = 7, .rate = 1000, .warm_up = 0.5, .seconds = 10, .count = 3},
                                  Phase::warm_up, Stage(), clock, [](Mark mark) {
                                    CHECK(mark.phase == Phase::warm_up);
                                    CHECK(mark.writer == 7);
                                  });
  CHECK(warm_up.count == 500);
}

TEST_CASE("a phase without time sends nothing") {
  HandClock clock;
  const double rate = GENERATE(0.0, 1000.0);
  const auto sent = send_phase({.rate = rate, .seconds = 0}, Phase::measured, Stage(), clock,
                               [](Mark /*mark*/) { FAIL("sent"); });
  CHECK(sent.count == 0);
}

}  // namespace weft::perf
