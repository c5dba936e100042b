// A whole run, short: a sound report of all that this machine allows. That it leaves nothing behind is for the sandbox to
// see (tests/kit/sandbox.py), which fails a test that does.
#include "limits/limits.hpp"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "kit/environment.hpp"
#include "perf/limits/signals.hpp"

namespace weft::perf::limits {

namespace {

constexpr Duration short_time{1'000'000};

Plan plan_for(Signals& signals, std::vector<std::string> only) {
  return plan_of({signals.interrupt(), short_time}, std::move(only));
}

/// Two rounds of what there is.
Report measured(Signals& signals, std::vector<std::string> only) {
  const auto plan = plan_for(signals, std::move(only));
  Report report{.environment = environment_json(), .skipped = plan.skipped};
  measure(plan.settings, 2, signals.interrupt(), report);
  return report;
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
  Signals signals;
  const auto report = measured(signals, {});
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
  Signals signals;
  const auto report = measured(signals, {"clock"});
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].setting("what") == "clock");
}

TEST_CASE("what the kernel refuses is skipped with a line that says why") {
  const Limit no_queues(RLIMIT_MSGQUEUE, 0);
  Signals signals;
  const auto plan = plan_for(signals, {"posix-queue"});
  CHECK(plan.settings.empty());
  REQUIRE(plan.skipped.size() == 1);
  CHECK(plan.skipped[0].starts_with("posix-queue: mq_open"));
}

}  // namespace weft::perf::limits
