#include "report/axis.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

using namespace weft::perf;

namespace {

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> out;
  for (const auto& tick : axis.ticks())
    out.push_back(tick.label);
  return out;
}

using Labels = std::vector<std::string>;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double none = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a linear axis goes from zero to a round number") {
  const Axis axis(Scale::linear, "messages/s", {1.1e6, 3.6e6});
  CHECK(labels(axis) == Labels{"0/s", "1 M/s", "2 M/s", "3 M/s", "4 M/s"});
  CHECK(axis.place(0) == 0);
  CHECK(axis.place(1e6) == Approx(0.25));
}

TEST_CASE("a logarithmic axis has the same way between equal ratios, and ticks at 1, 2 and 5") {
  const Axis axis(Scale::logarithmic, "ns", {5200, 160'000});
  CHECK(labels(axis) == Labels{"5 µs", "10 µs", "20 µs", "50 µs", "100 µs", "200 µs"});
  CHECK(axis.place(20'000) - axis.place(10'000) == Approx(axis.place(100'000) - axis.place(50'000)));
}

TEST_CASE("a long logarithmic axis has ticks at powers of ten alone") {
  CHECK(labels(Axis(Scale::logarithmic, "ns", {1000, 3e9})) ==
        Labels{"1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s"});
}

TEST_CASE("zero has a place of its own on a logarithmic axis, before the others") {
  const Axis axis(Scale::settings, "bytes", {0, 64, 1024, 65'536});
  CHECK(labels(axis) == Labels{"0 B", "64 B", "1 KiB", "64 KiB"});
  CHECK(axis.place(0) < axis.place(64));
  CHECK(axis.place(65'536) < 1);
}

TEST_CASE("settings that double are equally far from each other") {
  const Axis axis(Scale::settings, "", {1, 2, 4, 8});
  CHECK(axis.place(8) - axis.place(4) == Approx(axis.place(2) - axis.place(1)));
}

TEST_CASE("nines are equally far from each other, and the greatest value stands at the end") {
  const Axis axis(Scale::nines, "", {0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1});
  CHECK(labels(axis) == Labels{"0", "50", "90", "99", "99.9", "99.99", "max"});
  CHECK(axis.place(0.99) == Approx(2 * axis.place(0.9)));
  CHECK(axis.place(0.999) == Approx(3 * axis.place(0.9)));
  CHECK(axis.place(0.9999) < 1);
  CHECK(axis.place(1) == 1);
}

TEST_CASE("whatever the values are, an axis has ticks in order, and places from 0 to 1") {
  const std::vector<std::vector<double>> hostile{{},
                                                 {0},
                                                 {7},
                                                 {-3},
                                                 {none, infinite, -infinite},
                                                 {1e308, -1e308},
                                                 {5e-324},
                                                 {5e-324, 1e308},
                                                 {-5, -5, -5},
                                                 {0, 0, 0},
                                                 {1, 1, 1},
                                                 {-1e-300, 1e-300},
                                                 {0, infinite},
                                                 {10, 10}};
  for (const auto scale : {Scale::linear, Scale::logarithmic, Scale::settings, Scale::nines}) {
    for (const auto& values : hostile) {
      const Axis axis(scale, "ns", values);
      CAPTURE(int(scale), values);
      CHECK(!axis.ticks().empty());
      CHECK(axis.ticks().size() < 40);
      for (std::size_t i = 0; i < axis.ticks().size(); ++i) {
        CHECK((axis.ticks()[i].at >= 0 && axis.ticks()[i].at <= 1));
        CHECK((i == 0 || axis.ticks()[i].at >= axis.ticks()[i - 1].at));
      }
      for (const double value : {-1e308, -1.0, 0.0, 5e-324, 0.5, 1.0, 7.0, 1e308}) {
        CHECK((axis.place(value) >= 0 && axis.place(value) <= 1));
      }
    }
  }
}
