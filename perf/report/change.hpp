// Change: by how much a metric moved from one run to another, and whether that is more than noise.
//
// Method    The ratio of after to before is the median of the ratios of each value after to each value before; its interval
//           is two of them, which the exact distribution of Mann and Whitney's U names. That is Hodges and Lehmann's estimate
//           of a shift, of the logarithms (Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed., 4.2 and
//           4.3). It is right for values of any distribution, with outliers and however few, as long as a change scales them.
//           A ratio of 0 to 0 is 1, one of anything else to 0 is infinite: so counts that are 0 are ranked like all others.
// Verdict   Better or worse: the metric has moved (below), and its ratio by more than the tolerance. Equal: its interval lies
//           within the tolerance. Undecided: all else; measure more rounds.
// Many      Of a hundred comparisons of the same with the same five would seem to have moved by a risk of 5 % each. So who
//           makes many shares his risk among them: a metric has moved if its interval for that share of it does not hold 1.
// Threads   Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "kit/statistics.hpp"
#include "report/report.hpp"

namespace weft::perf {

/// The same program measured again differs by a few percent, for where its memory and its threads come to lie; no number of
/// rounds of one run averages that out. Less than this is for `compare`, which interleaves its runs.
inline constexpr double change_tolerance = 0.05;

/// Of so many rounds each, and noise of 3 % with an outlier of 30 % in ten, the same is found equal in 95 % of comparisons,
/// and a change of 10 % is found in 95 % even where 300 comparisons share the risk.
inline constexpr int enough_rounds = 30;

enum class Movement { equal, better, worse, undecided };
std::string_view name_of(Movement movement) noexcept;

struct Change {
  Estimate ratio;  ///< After to before, as `median`, with 95 %. Fewer than four values each are never sure.
  Movement movement = Movement::undecided;
  bool enough_rounds = true;  ///< For its risk; without, nothing ever moves.
};

/// `risk`: of the same being called better or worse, both together.
/// REQUIRES: values that are finite and not negative.
Change change_of(const Metric& before, const Metric& after, double risk = 0.05);

/// How many of the sorted ratios of `n` to `m` values to leave out at each end, and one less, so that what is between holds
/// the true one but for `risk`: the largest k with P(U < k) <= risk / 2; 0 if there is none.
std::size_t ratios_beyond(std::size_t n, std::size_t m, double risk);

}  // namespace weft::perf
