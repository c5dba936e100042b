// Two reports held against each other.
#include "report/difference.hpp"

#include <catch2/catch.hpp>

namespace weft::perf {

namespace {

/// One metric, in six rounds about `value`.
Metric around(const std::string& name, double value, const std::string& unit = "ns") {
  Metric out{name, unit, Better::less, {}};
  for (int round = 0; round < 6; ++round)
    out.values.push_back(value * (1 + 0.001 * round));
  return out;
}

Cell cell(int bytes, std::vector<Metric> metrics, std::vector<std::string> faults = {}) {
  return {{{"verb", "latency"}, {"bytes", bytes}}, std::move(metrics), {}, {}, std::move(faults)};
}

Report report(std::vector<Cell> cells) {
  return {
      "weft-perf latency", {{"cpu", "Some"}, {"load", "1"}, {"revision", "a"}}, std::move(cells), {}, true};
}

}  // namespace

TEST_CASE("metrics are compared by cell and name, and what has no counterpart is told") {
  const auto before = report(
      {cell(0, {around("p50", 100), around("p99", 200), around("max", 9)}), cell(64, {around("p50", 100)})});
  const auto after = report({cell(1024, {around("p50", 100)}),
                             cell(0, {around("p99", 300), around("p50", 80), around("max", 9, "s")})});
  const auto got = difference_of(before, after);
  REQUIRE(got.metrics.size() == 2);
  CHECK(got.metrics[0].after->name == "p99");
  CHECK(got.metrics[0].change.movement == Movement::worse);
  CHECK(got.metrics[1].change.movement == Movement::better);
  CHECK(got.metrics[1].before->values[0] == 100);
  CHECK(got.metrics[1].after->values[0] == 80);
  REQUIRE(got.only_before.size() == 2);
  CHECK(got.only_before[0].metric->unit == "ns");
  CHECK(label_of(*got.only_before[1].cell) == "latency bytes=64");
  CHECK(got.only_before[1].metric == nullptr);
  REQUIRE(got.only_after.size() == 2);
  CHECK(label_of(*got.only_after[0].cell) == "latency bytes=1024");
  CHECK(got.only_after[1].metric->unit == "s");
  CHECK(got.regressed());
  CHECK(got.count(Movement::worse) == 1);
}

TEST_CASE("faults are a regression where there were none") {
  const auto sound = report({cell(0, {around("p50", 100)})});
  const auto broken = report({cell(0, {around("p50", 100)}, {"3 messages are missing"})});
  const auto empty = report({});
  CHECK_FALSE(difference_of(sound, sound).regressed());
  CHECK_FALSE(difference_of(broken, sound).regressed());
  CHECK_FALSE(difference_of(broken, broken).regressed());
  CHECK(difference_of(sound, broken).regressed());
  CHECK(difference_of(empty, broken).regressed());
}

TEST_CASE("environments are compared without what differs anyhow") {
  const auto before = report({});
  auto after = before;
  after.environment = {{"cpu", "Other"}, {"load", "2"}, {"revision", "b"}, {"cores", 4}};
  const auto got = difference_of(before, after).environment;
  REQUIRE(got.size() == 1);  // what one of them does not say is no difference
  CHECK(got[0].name == "cpu");
  CHECK(got[0].before == "Some");
  CHECK(got[0].after == "Other");
}

}  // namespace weft::perf
