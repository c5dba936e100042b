#include "kit/figure.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace weft::perf {

namespace {

/// A unit, and those that are a thousand times, a million times, and a milliard times as large.
using Units = std::array<std::string_view, 4>;

constexpr Units times{"ns", "us", "ms", "s"};
constexpr Units rates{"/s", "k/s", "M/s", "G/s"};
constexpr Units sizes{"B", "kB", "MB", "GB"};
constexpr Units flows{"B/s", "kB/s", "MB/s", "GB/s"};

std::string scaled(double value, const Units& units) {
  std::size_t at = 0;
  for (; value >= 999.95 && at + 1 < units.size(); ++at)
    value /= 1000;
  return fmt::format("{:.4g} {}", value, units[at]);
}

}  // namespace

std::string figure(double value, std::string_view unit) {
  if (unit == "ns") return scaled(value, times);
  if (unit == "bytes") return scaled(value, sizes);
  if (unit == "bytes/s") return scaled(value, flows);
  if (unit.ends_with("/s")) return scaled(value, rates);
  const auto number =
      value == std::floor(value) && value < 1e9 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
  return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

}  // namespace weft::perf
