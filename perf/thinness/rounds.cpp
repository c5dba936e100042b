#include "thinness/rounds.hpp"

#include <utility>

namespace weft::perf {

namespace {

Result<Run> run_once(const Bench& bench, const Cell& cell, bool raw) {
  Task task{raw, true, endpoint_for(bench, cell.scheme), bench.directory, cell.load};
  WEFT_TRY(const auto printed, run_pair(bench, arguments_of(task), [&](std::string endpoint) {
             task.publishes = false;
             task.endpoint = std::move(endpoint);
             return arguments_of(task);
           }));
  if (printed.second.size() != 2) return Error{Errc::malformed, "a subscriber printed something else"};
  return Run{double(cell.load.count - 1 - cell.load.warm_up) / printed.second[0],
             (printed.second[1] + printed.first[0]) / double(cell.load.count)};
}

}  // namespace

Result<Outcome> measure(const Bench& bench, const Cell& cell) {
  WEFT_TRY(const auto compared, compare(bench, [&](bool raw) { return run_once(bench, cell, raw); }));
  return Outcome{cell, compared, judge(compared.rate, compared.control, target)};
}

}  // namespace weft::perf
