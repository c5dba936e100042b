#include "report/change.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace weft::perf {

namespace {

constexpr std::size_t most_exact = 100;  // values of both; above, the normal distribution is as good

/// P(U = u) for each u: the coefficients of Gauss's binomial (n + m over n), the product of (1 - q^(m+i)) / (1 - q^i).
std::vector<double> exact_probabilities(std::size_t n, std::size_t m) {
  std::vector<double> out(n * m + 1);
  out[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t u = out.size(); u-- > m + i;)
      out[u] -= out[u - m - i];
    for (std::size_t u = i; u < out.size(); ++u)
      out[u] += out[u - i];
    for (auto& each : out)
      each *= double(i) / double(m + i);
  }
  return out;
}

/// P(U < k), by the normal distribution that U comes close to.
double normal_below(std::size_t n, std::size_t m, std::size_t k) {
  const double pairs = double(n) * double(m);
  const double deviation = std::sqrt(pairs * double(n + m + 1) / 12);
  return std::erfc((pairs / 2 - double(k) + 0.5) / deviation / std::sqrt(2)) / 2;
}

double ratio_of(double after, double before) {
  if (before != 0) return after / before;
  return after == 0 ? 1 : std::numeric_limits<double>::infinity();
}

std::vector<double> sorted_ratios(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> out;
  out.reserve(before.size() * after.size());
  for (const double old : before) {
    for (const double now : after)
      out.push_back(ratio_of(now, old));
  }
  std::ranges::sort(out);
  return out;
}

/// The `k`th from each end; for 0, the outermost.
std::pair<double, double> ends(const std::vector<double>& sorted, std::size_t k) {
  const auto cut = k == 0 ? 0 : k - 1;
  return {sorted[cut], sorted[sorted.size() - 1 - cut]};
}

/// Between two, their geometric mean. Where there is a 0 and an infinite one, there is a 1, too: no 0 is beside an infinite one.
double middle(const std::vector<double>& sorted) {
  const auto below = sorted[(sorted.size() - 1) / 2];
  const auto above = sorted[sorted.size() / 2];
  return std::clamp(std::sqrt(below * above), below, above);
}

Movement movement_of(const Estimate& ratio, bool moved, Better better) {
  constexpr double least = 1 / (1 + change_tolerance);
  constexpr double most = 1 + change_tolerance;
  if (moved && (ratio.median < least || ratio.median > most))
    return (ratio.median > 1) == (better == Better::more) ? Movement::better : Movement::worse;
  const bool within = ratio.low >= least && ratio.high <= most;
  return ratio.sure && within ? Movement::equal : Movement::undecided;
}

}  // namespace

std::string_view name_of(Movement movement) noexcept {
  switch (movement) {
    case Movement::equal:
      return "equal";
    case Movement::better:
      return "better";
    case Movement::worse:
      return "WORSE";
    case Movement::undecided:
      break;
  }
  return "undecided";
}

std::size_t ratios_beyond(std::size_t n, std::size_t m, double risk) {
  std::size_t k = 0;
  if (n + m > most_exact) {
    while (normal_below(n, m, k + 1) <= risk / 2)
      ++k;
    return k;
  }
  const auto probabilities = exact_probabilities(n, m);
  double below = 0;
  while (below + probabilities[k] <= risk / 2)
    below += probabilities[k++];
  return k;
}

Change change_of(const Metric& before, const Metric& after, double risk) {
  const auto n = before.values.size();
  const auto m = after.values.size();
  const auto ratios = sorted_ratios(before.values, after.values);
  const auto usual = ratios_beyond(n, m, 0.05);
  const auto [low, high] = ends(ratios, usual);
  const Estimate ratio{middle(ratios), low, high, usual != 0};
  const auto shared = ratios_beyond(n, m, risk);
  const auto [least, most] = ends(ratios, shared);
  return {ratio, movement_of(ratio, shared != 0 && (least > 1 || most < 1), after.better), shared != 0};
}

}  // namespace weft::perf
