#include "hostmon/hysteresis.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/core.h>

namespace weft::hostmon {

namespace {

using namespace std::chrono_literals;

struct Row {
  std::int64_t second;
  double value;
};

// The events of a run as text: "+3" is raised at second 3, "-7" cleared at second 7.
std::string events(const Thresholds& thresholds, const std::vector<Row>& rows) {
  AlertState state;
  std::string out;
  for (const auto& row : rows) {
    const auto next = step(thresholds, state, row.value, Time(std::chrono::seconds(row.second)));
    state = next.state;
    if (next.event == AlertStep::Event::none) continue;
    const char event = next.event == AlertStep::Event::raised ? '+' : '-';
    out += fmt::format("{}{}{}", out.empty() ? "" : " ", event, row.second);
  }
  return out;
}

constexpr Thresholds slow{.high = 0.9, .low = 0.6, .hold = 3s};
constexpr Thresholds instant{.high = 0.9, .low = 0.6, .hold = 0s};

}  // namespace

TEST_CASE("alerts follow the table of inputs and events") {
  struct Case {
    const char* story;
    Thresholds thresholds;
    std::vector<Row> input;
    const char* expected;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {"a quiet input raises nothing", slow, {{0, 0.1}, {5, 0.2}, {10, 0.9}}, ""},
      {"the threshold itself is not above it", instant, {{0, 0.9}}, ""},
      {"without hold the first value above raises", instant, {{0, 0.5}, {1, 0.91}}, "+1"},
      {"with hold it is raised when the time is full", slow, {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}}, "+3"},
      {"one dip starts the hold again", slow, {{0, 1}, {2, 1}, {3, 0.8}, {4, 1}, {6, 1}, {7, 1}}, "+7"},
      {"between low and high it stays raised", instant, {{0, 1}, {1, 0.7}, {2, 0.61}, {3, 0.95}}, "+0"},
      {"at low it is cleared", instant, {{0, 1}, {1, 0.6}}, "+0 -1"},
      {"clearing needs no hold", slow, {{0, 1}, {3, 1}, {4, 0}}, "+3 -4"},
      {"a raised alert is not raised again", slow, {{0, 1}, {3, 1}, {6, 1}, {9, 1}}, "+3"},
      {"after clearing the hold begins anew",
       slow,
       {{0, 1}, {3, 1}, {4, 0}, {5, 1}, {7, 1}, {8, 1}},
       "+3 -4 +8"},
      {"flapping faster than hold raises nothing",
       slow,
       {{0, 1}, {1, 0}, {2, 1}, {3, 0}, {4, 1}, {5, 0}},
       ""},
      {"flapping above low is one alert",
       instant,
       {{0, 1}, {1, 0.7}, {2, 1}, {3, 0.7}, {4, 1}, {5, 0}},
       "+0 -5"},
      {"not a number changes nothing", slow, {{0, 1}, {1, nan}, {3, 1}, {4, nan}, {5, 0}}, "+3 -5"},
      {"infinity is above", instant, {{0, inf}, {1, -inf}}, "+0 -1"},
      {"a clock set back restarts the hold", slow, {{100, 1}, {50, 1}, {52, 1}, {53, 1}}, "+53"},
      {"equal thresholds are allowed", {1, 1, 0s}, {{0, 1}, {1, 1.1}, {2, 1}, {3, 1.1}}, "+1 -2 +3"},
      {"low may be zero", {1, 0, 0s}, {{0, 2}, {1, 0.1}, {2, 0}}, "+0 -2"},
  };
  for (const auto& test : cases) {
    INFO(test.story);
    CHECK(events(test.thresholds, test.input) == test.expected);
  }
}

TEST_CASE("an input that flaps for a whole day gives no more events than its slow part") {
  std::vector<Row> rows;
  for (std::int64_t second = 0; second < 86'400; ++second)
    rows.push_back({second, second % 2 ? 1.0 : 0.65});
  CHECK(events(slow, rows).empty());
  CHECK(events(instant, rows) == "+1");
}

TEST_CASE("events tell how long it lasted") {
  const Time start(1h);
  const auto pending = step(slow, {}, 1, start);
  CHECK(pending.event == AlertStep::Event::none);
  const auto raised = step(slow, pending.state, 1, start + 4s);
  REQUIRE(raised.event == AlertStep::Event::raised);
  CHECK(raised.lasted == 4s);
  const auto cleared = step(slow, raised.state, 0, start + 10s);
  REQUIRE(cleared.event == AlertStep::Event::cleared);
  CHECK(cleared.lasted == 6s);
  CHECK(cleared.state == AlertState{});
}

TEST_CASE("stamps at the ends of time neither overflow nor turn negative") {
  const auto pending = step(slow, {}, 1, Time::min());
  const auto raised = step(slow, pending.state, 1, Time::max());
  REQUIRE(raised.event == AlertStep::Event::raised);
  CHECK(raised.lasted == Duration::max());
  CHECK(step(slow, raised.state, 0, Time::min()).lasted == 0s);
}

}  // namespace weft::hostmon
