// A whole run, short: a sound report of all that this machine allows. That it leaves nothing behind is for the sandbox to
// see (tests/kit/sandbox.py), which fails a test that does.
#include "limits/limits.hpp"

#include <csignal>
#include <set>

#include <catch2/catch.hpp>

namespace weft::perf::limits {

namespace {

Report measured(const Options& options) {
  sigset_t before{};
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  const auto interrupt = app::Interrupt::create().value();
  auto report = measure(options, interrupt, [](const std::string&) {});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return report;
}

}  // namespace

TEST_CASE("a short run gives a sound report, with a cell or a line for each limit") {
  const auto report = measured({2, Duration{1'000'000}, {}});
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
  const auto report = measured({1, Duration{1'000'000}, {"clock"}});
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].setting("what") == "clock");
}

TEST_CASE("what this machine refuses is told, and the others are measured") {
  Plan plan({});
  plan.skip("posix-queue", sys_error(ENOSYS, "mq_open", "/x"));
  CHECK(plan.skipped == std::vector<std::string>{"posix-queue: mq_open /x: Function not implemented"});
}

}  // namespace weft::perf::limits
