#include "kit/statistics.hpp"

#include <numeric>
#include <random>

#include <catch2/catch.hpp>

using namespace weft::perf;

namespace {

std::vector<double> one_to(int last) {
  std::vector<double> values(last);
  std::iota(values.begin(), values.end(), 1);
  return values;
}

Estimate between(double low, double high) {
  return {(low + high) / 2, low, high, true};
}

}  // namespace

TEST_CASE("a median lies in the middle, of an even number of values between two") {
  CHECK(estimate({3, 1, 2}).median == 2);
  CHECK(estimate({4, 1, 2, 3}).median == 2.5);
}

TEST_CASE("an interval cuts off as many values at each end as the binomial distribution allows") {
  // The ranks that tables of the sign test give for 95 %: 1 of 6, 2 of 9, 4 of 15, 6 of 21.
  for (const auto& [count, rank] : {std::pair{6, 1}, {9, 2}, {15, 4}, {21, 6}}) {
    const auto got = estimate(one_to(count));
    CHECK(got.sure);
    CHECK(got.low == rank);
    CHECK(got.high == count + 1 - rank);
  }
}

TEST_CASE("five values have no interval of 95 %, and say so") {
  const auto got = estimate(one_to(5));
  CHECK_FALSE(got.sure);
  CHECK(got.low == 1);
  CHECK(got.high == 5);
}

TEST_CASE("an interval holds the true median in at least 95 % of samples") {
  std::mt19937_64 random(11);
  std::exponential_distribution<double> skewed(1);
  const double truth = std::log(2);
  int held = 0;
  constexpr int samples = 20'000;
  for (int sample = 0; sample < samples; ++sample) {
    std::vector<double> values(15);
    for (auto& value : values)
      value = skewed(random);
    const auto got = estimate(values);
    held += int(got.low <= truth && truth <= got.high);
  }
  CHECK(held >= samples * 95 / 100);
}

TEST_CASE("a quantile is the least value that the part does not exceed") {
  const auto values = one_to(200);
  CHECK(quantile(values, 0) == 1);
  CHECK(quantile(values, 0.5) == 100);
  CHECK(quantile(values, 0.99) == 198);
  CHECK(quantile(values, 1) == 200);
  CHECK(quantile({7}, 0.99) == 7);
}

TEST_CASE(
    "a ratio passes by its median, fails by its whole interval, and is undecided where noise hides it") {
  const auto quiet = between(0.99, 1.01);
  CHECK(judge(between(0.94, 0.98), quiet, 0.95) == Verdict::pass);
  CHECK(judge(between(0.90, 0.94), quiet, 0.95) == Verdict::fail);
  CHECK(judge(between(0.90, 0.96), quiet, 0.95) == Verdict::undecided);
  CHECK(judge(between(0.90, 0.94), between(0.9, 1.1), 0.95) == Verdict::undecided);
  auto few = between(0.90, 0.94);
  few.sure = false;
  CHECK(judge(few, quiet, 0.95) == Verdict::undecided);
}
