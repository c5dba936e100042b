// What many noisy rounds say: medians with their intervals, and a verdict.
//
// Threads   Values and pure functions.
#pragma once

#include <string_view>
#include <vector>

namespace weft::perf {

/// A median with its interval of at least 95 % (order statistics, exact for any distribution); with fewer
/// than six values there is none, and it spans them all.
struct Estimate {
  double median = 0;
  double low = 0;
  double high = 0;
  bool sure = false;  ///< The interval has its 95 %.
};

/// REQUIRES: values is not empty.
Estimate estimate(std::vector<double> values);

/// The least value that a part `q` (0 to 1) of all values do not exceed (nearest rank).
/// REQUIRES: sorted, and not empty.
double quantile(const std::vector<double>& sorted, double q);

enum class Verdict { pass, fail, undecided };
std::string_view name_of(Verdict verdict) noexcept;

/// `ratio` against `target`, where `control` is the ratio of the baseline to itself. Pass: the median reaches
/// the target. Fail: the whole interval lies below it, and what is missing is more than the control's own
/// interval is wide. Undecided otherwise, also with fewer than six rounds.
Verdict judge(const Estimate& ratio, const Estimate& control, double target);

}  // namespace weft::perf
