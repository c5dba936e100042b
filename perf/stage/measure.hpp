// measure(): many settings in rounds, one after the other in each, so that what else the machine does hits all alike.
//
// Threads   The main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/interrupt.hpp"
#include "kit/histogram.hpp"
#include "report/report.hpp"

namespace weft::perf {

/// Adds one more round's value to the metric of that name, which is new if there is none.
void add_value(Cell& cell, Metric metric, double value);

/// A cell while it is measured.
struct Sheet {
  Cell cell;
  std::map<std::string, Histogram>
      histograms;                          ///< Of all rounds together, in nanoseconds: they become curves.
  std::map<std::string, Histogram> parts;  ///< Of one of several, as a subscriber: curves, too.

  /// One more round's value of a metric. One that is not finite, or negative, is a fault.
  void add(const std::string& metric, const std::string& unit, Better better, double value);
  /// What was counted this round, the less the better; 0 in the rounds that do not say.
  void count(const std::string& metric, std::uint64_t number);
  /// One more round's distribution: its percentiles as metrics, named with `prefix`, and into the histogram of `curve`.
  void add(const std::string& prefix, const std::string& curve, const Histogram& round);
  /// No more of this round follows.
  void end_round();

 private:
  std::set<std::string> counts_;
  std::size_t rounds_ = 0;
};

struct Setting {
  nlohmann::ordered_json key;                      ///< The cell's.
  std::function<Result<void>(Sheet& sheet)> once;  ///< Measures one round, and adds what came of it.
};

/// The report's cells, faults and completeness. A setting whose round fails has a fault, and is not measured again; one that is
/// unsupported is skipped with a line; Ctrl-C ends
/// it: what was measured until then is in the report, and another Ctrl-C ends what is done with that. Progress is shown on a
/// terminal.
void measure(const std::vector<Setting>& settings, int rounds, app::Interrupt& interrupt, Report& report);

}  // namespace weft::perf
