// What is said of two series of rounds, by tables of Mann and Whitney's test and by simulation.
#include "report/change.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <random>

#include <catch2/catch.hpp>

#include "report/difference.hpp"

namespace weft::perf {

namespace {

constexpr int many = 2000;  // comparisons

Metric metric_of(std::vector<double> values, Better better = Better::less) {
  return {"p50", "ns", better, std::move(values)};
}

/// Rounds of a program whose truth is `truth`: noise of 3 %, and an outlier of 30 % in ten.
class Rounds {
 public:
  Metric operator()(int count, double truth) {
    std::vector<double> values;
    for (int i = 0; i < count; ++i)
      values.push_back(truth * std::exp(noise_(random_)) * (outlier_(random_) ? 1.3 : 1));
    return metric_of(std::move(values));
  }

 private:
  std::mt19937_64 random_{7};
  std::normal_distribution<double> noise_{0, 0.03};
  std::bernoulli_distribution outlier_{0.1};
};

/// How often each verdict was given, as a part of all.
std::array<double, 4> verdicts(int rounds, double truth, double risk = 0.05) {
  Rounds measure;
  std::array<double, 4> out{};
  for (int i = 0; i < many; ++i) {
    const auto before = measure(rounds, 1000);
    const auto change = change_of(before, measure(rounds, 1000 * truth), risk);
    out[std::size_t(change.movement)] += 1.0 / many;
  }
  return out;
}

double part(const std::array<double, 4>& verdicts, Movement movement) {
  return verdicts[std::size_t(movement)];
}

Change change(std::vector<double> before, std::vector<double> after, Better better = Better::less) {
  return change_of(metric_of(std::move(before), better), metric_of(std::move(after), better));
}

}  // namespace

TEST_CASE("the ratios that bound an interval are those that tables of Mann and Whitney's test give") {
  // Critical values of U, two-sided, 5 %: it is rejected up to them.
  CHECK(ratios_beyond(3, 3, 0.05) == 0);
  CHECK(ratios_beyond(4, 4, 0.05) == 0 + 1);
  CHECK(ratios_beyond(5, 5, 0.05) == 2 + 1);
  CHECK(ratios_beyond(5, 10, 0.05) == 8 + 1);
  CHECK(ratios_beyond(10, 5, 0.05) == 8 + 1);
  CHECK(ratios_beyond(10, 10, 0.05) == 23 + 1);
  CHECK(ratios_beyond(20, 20, 0.05) == 127 + 1);
  CHECK(ratios_beyond(10, 10, 0.01) == 16 + 1);
  CHECK(ratios_beyond(20, 20, 0.01) == 105 + 1);
}

TEST_CASE("beyond a hundred values the normal distribution takes over without a step") {
  for (const double risk : {0.05, 0.01, 0.0001}) {
    CAPTURE(risk);
    const auto exact = double(ratios_beyond(50, 50, risk));
    const auto normal = double(ratios_beyond(50, 51, risk));
    CHECK(normal > exact);
    CHECK(normal < exact * 51 / 50 + 5);
  }
}

TEST_CASE("a ratio is the median of all, between two their geometric mean") {
  CHECK(change({100}, {120}).ratio.median == 1.2);
  CHECK(change({1, 1}, {1, 4}).ratio.median == 2);
  CHECK(change({1, 2, 3, 4}, {2, 4, 6, 8}).ratio.median == 2);
}

TEST_CASE("which way is better is the metric's to say") {
  const std::vector<double> low{100, 101, 102, 103, 104};
  const std::vector<double> high{120, 121, 122, 123, 124};
  CHECK(change(low, high, Better::less).movement == Movement::worse);
  CHECK(change(high, low, Better::less).movement == Movement::better);
  CHECK(change(low, high, Better::more).movement == Movement::better);
  CHECK(change(high, low, Better::more).movement == Movement::worse);
}

TEST_CASE("a change that is certain, but within the tolerance, is equal") {
  const auto got = change({100, 100.1, 100.2, 100.3, 100.4}, {102, 102.1, 102.2, 102.3, 102.4});
  CHECK(got.ratio.low > 1);
  CHECK(got.movement == Movement::equal);
}

TEST_CASE("counts that are 0 are compared like all others") {
  const std::vector<double> none(6, 0);
  const std::vector<double> some{3, 1, 4, 1, 5, 9};
  CHECK(change(none, none).movement == Movement::equal);
  CHECK(change(none, none).ratio.median == 1);
  CHECK(change(none, some).movement == Movement::worse);
  CHECK(change(none, some).ratio.median == std::numeric_limits<double>::infinity());
  CHECK(change(some, none).movement == Movement::better);
  CHECK(change(some, none).ratio.median == 0);
  CHECK(change({0, 0, 1, 1}, {1, 0, 1, 0}).ratio.median == 1);
  CHECK(change({0, 1}, {0, 1}).movement == Movement::undecided);
}

TEST_CASE("the interval holds the true ratio in 95 %, however the noise is distributed") {
  std::mt19937_64 random(5);
  std::exponential_distribution<double> skewed(1);
  constexpr double truth = 1.7;
  for (const int rounds : {4, 7, 15}) {
    CAPTURE(rounds);
    int held = 0;
    for (int i = 0; i < many; ++i) {
      std::vector<double> before(rounds);
      std::vector<double> after(rounds);
      for (auto& value : before)
        value = skewed(random);
      for (auto& value : after)
        value = truth * skewed(random);
      const auto ratio = change(std::move(before), std::move(after)).ratio;
      CHECK(ratio.sure);
      held += int(ratio.low <= truth && truth <= ratio.high);
    }
    CHECK(held >= many * 0.95 - 30);  // three deviations of so many
  }
}

TEST_CASE("of enough rounds the same is equal in 95 %, and a change of 10 % is found in 95 %") {
  CHECK(part(verdicts(enough_rounds, 1), Movement::equal) >= 0.95);
  CHECK(part(verdicts(enough_rounds, 1.1), Movement::worse) >= 0.95);
  CHECK(part(verdicts(enough_rounds, 1 / 1.1), Movement::better) >= 0.95);
}

TEST_CASE("a change of 10 % is found even where 300 comparisons share the risk") {
  CHECK(part(verdicts(enough_rounds, 1.1, 0.05 / 300), Movement::worse) >= 0.95);
  CHECK(part(verdicts(enough_rounds, 1 / 1.1, 0.05 / 300), Movement::better) >= 0.95);
}

TEST_CASE("of too few rounds the verdict is undecided, and not wrong") {
  for (const int rounds : {1, 2, 3}) {
    for (const double truth : {1.0, 1.1, 2.0})
      CHECK(part(verdicts(rounds, truth), Movement::undecided) > 0.999);
  }
  for (const int rounds : {4, 5, 7, 10}) {
    CAPTURE(rounds);
    const auto same = verdicts(rounds, 1);
    CHECK(part(same, Movement::better) + part(same, Movement::worse) <= 0.05);
    const auto slower = verdicts(rounds, 1.1);
    CHECK(part(slower, Movement::better) + part(slower, Movement::equal) <= 0.01);
  }
}

TEST_CASE(
    "of a whole report of the same, nothing is better or worse in 95 %, however noisy its metrics are") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0, 0.3);
  const auto report = [&] {
    Report out;
    for (int cell = 0; cell < 40; ++cell) {
      Metric metric = metric_of({});
      for (int round = 0; round < 12; ++round)
        metric.values.push_back(std::exp(noise(random)));
      out.cells.push_back({{{"cell", cell}}, {metric}, {}, {}, {}});
    }
    return out;
  };
  constexpr int reports = 200;
  int calm = 0;
  for (int i = 0; i < reports; ++i) {
    const auto before = report();
    const auto after = report();
    const auto difference = difference_of(before, after);
    calm += int(difference.count(Movement::better) + difference.count(Movement::worse) == 0);
  }
  CHECK(calm >= reports * 0.95);
}

}  // namespace weft::perf
