// measure(): many settings in rounds, one after the other in each, so that what else the machine does hits all alike.
//
// Threads   The main thread.
#pragma once

#include <functional>
#include <map>
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
      histograms;  ///< Of all rounds together, in nanoseconds: they become curves.

  /// One more round's value of a metric. One that is not finite, or negative, is a fault.
  void add(const std::string& metric, const std::string& unit, Better better, double value);
  /// One more round's distribution: its percentiles as metrics, named with `prefix`, and into the histogram of `curve`.
  void add(const std::string& prefix, const std::string& curve, const Histogram& round);
};

struct Setting {
  nlohmann::ordered_json key;                      ///< The cell's.
  std::function<Result<void>(Sheet& sheet)> once;  ///< Measures one round, and adds what came of it.
};

/// The report's cells, faults and completeness. A setting whose round fails has a fault, and is not measured again; Ctrl-C ends
/// it: what was measured until then is in the report, and another Ctrl-C ends what is done with that. Progress is shown on a
/// terminal.
void measure(const std::vector<Setting>& settings, int rounds, app::Interrupt& interrupt, Report& report);

}  // namespace weft::perf
