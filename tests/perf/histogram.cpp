// The histogram against exact quantiles of the same values.
#include "kit/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace weft::perf {

namespace {

/// Nearest rank, of all values.
std::uint64_t exact(const std::vector<std::uint64_t>& sorted, double q) {
  const auto rank = std::size_t(std::ceil(q * double(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

std::vector<std::uint64_t> values_of(int shape, std::size_t count) {
  std::mt19937_64 random(std::size_t(shape) + count);
  std::lognormal_distribution<double> lognormal(10, 2);
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    if (shape == 0) values.push_back(random() % 3000);
    if (shape == 1) values.push_back(std::uint64_t(lognormal(random)));
    if (shape == 2) values.push_back(random() >> (random() % 64));
    if (shape == 3) values.push_back(i % 100 == 0 ? 100'000'000 : 50'000);
  }
  return values;
}

}  // namespace

TEST_CASE("a histogram's quantiles are never too low, and at most a thousandth too high") {
  const auto shape = GENERATE(0, 1, 2, 3);
  const auto count = GENERATE(1U, 2U, 10U, 999U, 20'000U);
  CAPTURE(shape, count);
  auto values = values_of(shape, count);
  Histogram histogram;
  for (const auto value : values)
    histogram.record(value);
  for (auto& value : values)
    value = std::min(value, std::uint64_t{1} << 62);
  std::ranges::sort(values);
  REQUIRE(histogram.count() == count);
  CHECK(histogram.least() == values.front());
  CHECK(histogram.most() == values.back());
  for (const double q : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
    CAPTURE(q);
    const auto right = exact(values, q);
    CHECK(histogram.quantile(q) >= right);
    CHECK(histogram.quantile(q) - right <= right / 1000);
  }
}

TEST_CASE("histograms add up, also those of other processes") {
  Histogram all;
  Histogram sum;
  for (int shape = 0; shape < 4; ++shape) {
    Histogram one;
    for (const auto value : values_of(shape, 1000)) {
      one.record(value);
      all.record(value);
    }
    const auto text = one.to_json().dump();
    sum.add(Histogram::from_json(nlohmann::json::parse(text)).value());
  }
  CHECK(sum.to_json() == all.to_json());
  CHECK(sum.count() == all.count());
  CHECK(sum.most() == all.most());
}

TEST_CASE("what is no histogram is refused") {
  for (const auto* text :
       {"{}", "[1]", "[[1]]", "[[1,2,3]]", "[[-1,2]]", "[[1,0]]", "[[1,\"2\"]]", "[[1.5,2]]"}) {
    CAPTURE(text);
    CHECK(Histogram::from_json(nlohmann::json::parse(text)).error().code == Errc::malformed);
  }
}

}  // namespace weft::perf
