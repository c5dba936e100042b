#include "kit/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace weft::perf {

namespace {

/// How many values to cut off at each end, so that the median lies between the rest with 95 %: the largest k
/// with P(Binomial(n, 1/2) < k) <= 2.5 %; 0 if there is none.
std::size_t cut(std::size_t n) {
  double term = std::pow(0.5, double(n));
  double below = 0;
  std::size_t k = 0;
  for (; below + term <= 0.025; ++k) {
    below += term;
    term *= double(n - k) / double(k + 1);
  }
  return k;
}

}  // namespace

Estimate estimate(std::vector<double> values) {
  std::ranges::sort(values);
  const auto n = values.size();
  const auto k = cut(n);
  const auto index = k == 0 ? 0 : k - 1;
  const double median = (values[n / 2] + values[(n - 1) / 2]) / 2;
  return {median, values[index], values[n - 1 - index], k != 0};
}

double quantile(const std::vector<double>& sorted, double q) {
  const auto rank = std::size_t(std::ceil(q * double(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

std::string_view name_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "FAIL";
    case Verdict::undecided:
      break;
  }
  return "undecided";
}

Verdict judge(const Estimate& ratio, const Estimate& control, double target) {
  if (ratio.median >= target) return Verdict::pass;
  const bool below = ratio.sure && ratio.high < target;
  const bool clear = control.high - control.low <= target - ratio.median;
  return below && clear ? Verdict::fail : Verdict::undecided;
}

}  // namespace weft::perf
