// Rounds of many settings: interleaved, whatever fails, until Ctrl-C.
#include "kit/measure.hpp"

#include <memory>

#include <catch2/catch.hpp>

#include "perf/limits/signals.hpp"

namespace weft::perf {

namespace {

using limits::Signals;

/// A setting whose value is the round's number, and which does something in each.
Setting counted(const std::string& what, std::function<Result<void>(int round)> then) {
  auto round = std::make_shared<int>(0);
  return {{{"what", what}}, [round, then = std::move(then)](Sheet& sheet) -> Result<void> {
            WEFT_CHECK(then(++*round));
            sheet.add("count", "", Better::more, *round);
            return {};
          }};
}

Result<void> nothing(int /*round*/) {
  return {};
}

}  // namespace

TEST_CASE("each setting is measured once in every round, and each is the first as often") {
  const Signals signals;
  std::string order;
  std::vector<Setting> settings;
  for (const char name : {'a', 'b', 'c'})
    settings.push_back(
        counted({name}, [&order, name](int) -> Result<void> { return order += name, Result<void>(); }));
  Report report;
  measure(settings, 3, signals.interrupt(), report);
  CHECK(order == "abcbcacab");
  REQUIRE(report.cells.size() == 3);
  CHECK(report.cells[1].metrics[0].values == std::vector<double>{1, 2, 3});
  CHECK(report.complete);
}

TEST_CASE("a setting that fails has a fault and is not measured again, and the others are") {
  const Signals signals;
  const auto bad = [](int round) -> Result<void> {
    if (round == 1) return {};
    return Error{Errc::unavailable, "a party was killed"};
  };
  Report report;
  measure({counted("good", nothing), counted("bad", bad)}, 4, signals.interrupt(), report);
  CHECK_FALSE(report.sound());
  REQUIRE(report.cells.size() == 2);
  CHECK(report.cells[0].metrics[0].values.size() == 4);
  CHECK(report.cells[1].metrics[0].values.size() == 1);
  CHECK(report.cells[1].faults == std::vector<std::string>{"a party was killed"});
}

TEST_CASE("Ctrl-C ends it with what was measured so far, which is sound") {
  const Signals signals;
  const auto interrupted = [](int) -> Result<void> { return Error{Errc::cancelled, "interrupted"}; };
  Report report;
  measure({counted("good", nothing), counted("interrupted", interrupted)}, 3, signals.interrupt(), report);
  CHECK_FALSE(report.complete);
  CHECK(report.sound());
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].setting("what") == "good");
}

}  // namespace weft::perf
