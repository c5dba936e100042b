#include "calls/rounds.hpp"

#include <utility>
#include <vector>

namespace weft::perf {

namespace {

/// Appends to `speeds`.
Result<Run> run_once(const Bench& bench, const Cell& cell, bool raw, std::vector<Speed>& speeds) {
  Task task{raw, true, endpoint_for(bench, cell.scheme), bench.directory, cell.load};
  WEFT_TRY(const auto printed, run_pair(bench, arguments_of(task), [&](std::string endpoint) {
             task.serves = false;
             task.endpoint = std::move(endpoint);
             return arguments_of(task);
           }));
  const auto& called = printed.second;
  if (called.size() != 4) return Error{Errc::malformed, "a client printed something else"};
  const auto timed = double(cell.load.calls - 1 - cell.load.warm_up);
  speeds.push_back({timed / called[0], called[1], called[2]});
  return Run{speeds.back().rate, (called[3] + printed.first[0]) / double(cell.load.calls)};
}

/// Each figure's median.
Speed median_of(const std::vector<Speed>& speeds) {
  const auto median = [&](double Speed::*figure) {
    std::vector<double> values;
    for (const auto& speed : speeds)
      values.push_back(speed.*figure);
    return estimate(std::move(values)).median;
  };
  return {median(&Speed::rate), median(&Speed::median), median(&Speed::p99)};
}

}  // namespace

Result<Outcome> measure(const Bench& bench, const Cell& cell) {
  std::vector<Speed> weft;
  std::vector<Speed> raw;  // the control's, too
  WEFT_TRY(const auto compared, compare(bench, [&](bool by_hand) {
             return run_once(bench, cell, by_hand, by_hand ? raw : weft);
           }));
  return Outcome{cell, median_of(weft), median_of(raw), compared,
                 judge(compared.rate, compared.control, target)};
}

}  // namespace weft::perf
