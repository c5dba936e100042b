#include "base/histogram.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

using namespace weft;
using namespace std::chrono_literals;

TEST_CASE("an empty histogram answers nothing") {
  const Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.percentile(0.5) == 0ns);
  CHECK(histogram.least() == 0ns);
  CHECK(histogram.most() == 0ns);
}

TEST_CASE("percentiles are right within 3.2 %, least and most exactly") {
  std::mt19937_64 random(3);
  Histogram histogram;
  std::vector<Duration> values;
  for (int i = 0; i < 10'000; ++i) {
    values.emplace_back(static_cast<std::int64_t>(random() >> (1 + random() % 60)));
    histogram.add(values.back());
  }
  std::sort(values.begin(), values.end());
  CHECK(histogram.least() == values.front());
  CHECK(histogram.most() == values.back());
  for (const double part : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto exact = values[static_cast<std::size_t>(part * 10'000) - 1];
    CHECK(histogram.percentile(part) >= exact);
    CHECK(double(histogram.percentile(part).count()) <= double(exact.count()) * 1.032 + 1);
  }
  CHECK(histogram.percentile(1) == values.back());
}

TEST_CASE("the edges of time are counted, too") {
  Histogram histogram;
  histogram.add(Duration::max());
  histogram.add(Duration::min());
  histogram.add(0ns);
  CHECK(histogram.count() == 3);
  CHECK(histogram.least() == 0ns);
  CHECK(histogram.percentile(1) == Duration::max());
}
