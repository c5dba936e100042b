// A whole run, short: a sound report of all that this machine allows. That it leaves nothing behind is for the sandbox to
// see (tests/kit/sandbox.py), which fails a test that does.
#include "limits/limits.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "perf/limits/signals.hpp"

namespace weft::perf::limits {

namespace {

constexpr Duration short_time{1'000'000};

/// Two rounds.
Report measured(const Plan& plan) {
  const Signals signals;
  return measure(plan, {2, short_time}, signals.interrupt(), [](const std::string&) {});
}

/// A measurement whose value is the round's number, and which does something in each.
Measurement counted(const std::string& what, std::function<Result<void>(int round)> then) {
  auto round = std::make_shared<int>(0);
  return {{{"what", what}},
          [round, then = std::move(then)](const Round& /*round*/, Cell& cell) -> Result<void> {
            WEFT_CHECK(then(++*round));
            add_value(cell, {"count", "", Better::more, {}}, *round);
            return {};
          }};
}

Result<void> nothing(int /*round*/) {
  return {};
}

/// Less of a resource while it lives.
class Limit final {
 public:
  Limit(__rlimit_resource_t resource, rlim_t value) : resource_(resource) {
    ::getrlimit(resource_, &before_);
    const rlimit less{value, before_.rlim_max};
    ::setrlimit(resource_, &less);
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  ~Limit() { ::setrlimit(resource_, &before_); }

 private:
  __rlimit_resource_t resource_;
  rlimit before_{};
};

}  // namespace

TEST_CASE("a short run gives a sound report, with a cell or a line for each limit") {
  const auto report = measured(plan_of({}));
  CHECK(report.complete);
  CHECK(report.sound());
  CHECK(report.environment.contains("cpu"));
  CHECK(report_from(to_json(report)));
  std::set<std::string> keys;
  std::set<std::string> told;
  for (const auto& cell : report.cells) {
    CAPTURE(cell.key.dump());
    CHECK(keys.insert(cell.key.dump()).second);
    CHECK(cell.setting("verb") == "limits");
    told.insert(cell.setting("what"));
    REQUIRE_FALSE(cell.metrics.empty());
    for (const auto& metric : cell.metrics) {
      CAPTURE(metric.name);
      CHECK(metric.values.size() == 2);
      CHECK(metric.estimate().median >= 0);
    }
    for (const auto& curve : cell.curves)
      CHECK(std::ranges::is_sorted(curve.points));
  }
  for (const auto& line : report.skipped)
    told.insert(line.substr(0, line.find_first_of(":,")));
  for (const auto& limit : all_limits())
    CHECK(told.contains(limit));
}

TEST_CASE("only what is asked for is measured") {
  const auto report = measured(plan_of({"clock"}));
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].setting("what") == "clock");
}

TEST_CASE("what the kernel refuses is skipped with a line that says why") {
  const Limit no_queues(RLIMIT_MSGQUEUE, 0);
  const auto plan = plan_of({"posix-queue"});
  CHECK(plan.measurements.empty());
  REQUIRE(plan.skipped.size() == 1);
  CHECK(plan.skipped[0].starts_with("posix-queue: mq_open"));
  const auto report = measured(plan);
  CHECK(report.complete);
  CHECK(report.skipped == plan.skipped);
}

TEST_CASE("measurements are interleaved: each is taken once in every round") {
  std::string order;
  Plan plan;
  for (const char name : {'a', 'b', 'c'})
    plan.add(counted({name}, [&order, name](int) -> Result<void> { return order += name, Result<void>(); }));
  CHECK(measured(plan).cells[1].metrics[0].values == std::vector<double>{1, 2});
  CHECK(order == "abcabc");
}

TEST_CASE("a measurement that fails is a fault of its cell, and what was measured before is told") {
  Plan plan;
  plan.add(counted("good", nothing));
  plan.add(counted("bad", [](int round) -> Result<void> {
    if (round == 1) return {};
    return Error{Errc::unavailable, "a party was killed"};
  }));
  plan.add(counted("late", nothing));
  const auto report = measured(plan);
  CHECK_FALSE(report.complete);
  CHECK_FALSE(report.sound());
  REQUIRE(report.cells.size() == 3);
  CHECK(report.cells[0].metrics[0].values.size() == 2);
  CHECK(report.cells[1].faults == std::vector<std::string>{"a party was killed"});
  CHECK(report.cells[2].metrics[0].values.size() == 1);
}

TEST_CASE("Ctrl-C ends it with what was measured so far, which is sound") {
  Plan plan;
  plan.add(counted("good", nothing));
  plan.add(counted("interrupted", [](int) -> Result<void> { return Error{Errc::cancelled, "interrupted"}; }));
  const auto report = measured(plan);
  CHECK_FALSE(report.complete);
  CHECK(report.sound());
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].setting("what") == "good");
}

}  // namespace weft::perf::limits
