// Report: what one run of weft-perf found. Written by its verbs, shown as a table, CSV, JSON and plots, and compared by diff.
//
// Threads   Plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "kit/statistics.hpp"

namespace weft::perf {

enum class Better { less, more };

/// One number that was measured in several rounds.
struct Metric {
  std::string name;  ///< "p99", "delivered".
  std::string unit;  ///< "ns", "messages/s", "bytes/s", "ratio"; empty: a count.
  Better better = Better::less;
  std::vector<double> values;  ///< One of each round, finite and not negative; not empty.

  [[nodiscard]] Estimate estimate() const { return perf::estimate(values); }
};

/// A distribution as points: what part of all values (0 to 1) is not greater than what value.
struct Curve {
  std::string name;                               ///< "one way", "subscriber 3".
  std::string unit;                               ///< "ns".
  std::vector<std::pair<double, double>> points;  ///< Of part and value; neither ever falls.
};

/// One setting, and what came of it.
struct Cell {
  /// The setting: an object of texts and numbers, as {"verb":"latency","peer":"weft","transport":"ipc","bytes":64}. Cells of
  /// two reports are the same if these are, in whatever order; no two of one report are.
  nlohmann::ordered_json key;
  std::vector<Metric> metrics;  ///< Each of another name.
  std::vector<Curve> curves;    ///< Of all rounds together.
  /// Whatever else a reader may want; null: nothing. "subscribers": an array of each one's own numbers, of all rounds together.
  /// "target": what became of it, of each metric.
  nlohmann::ordered_json details;
  std::vector<std::string> faults;  ///< What does not add up, a line each. A cell with any is a failure.

  [[nodiscard]] const Metric* find(std::string_view metric) const noexcept;
  /// A value of the key as text; empty if it is not there.
  [[nodiscard]] std::string setting(const std::string& name) const;
  /// The key as one text, which is the same for the same keys.
  [[nodiscard]] std::string id() const;
};

struct Report {
  std::string command;                 ///< With which it can be measured again.
  nlohmann::ordered_json environment;  ///< An object of texts and numbers.
  std::vector<Cell> cells;
  std::vector<std::string> skipped;  ///< What was not measured, and why, a line each.
  bool complete = true;              ///< False: it was interrupted, or failed, before its end.

  [[nodiscard]] bool sound() const noexcept;  ///< No cell has a fault.
};

/// As perf/report/schema.json has it.
nlohmann::ordered_json to_json(const Report& report);
/// Members that it does not know it leaves aside. Errors: malformed, with what is missing or wrong where.
Result<Report> report_from(const nlohmann::ordered_json& json);
/// The file's. Errors: the kernel's; malformed.
Result<Report> read_report(const std::string& path);

/// The same as text of so many spaces' indent, and a newline. What is no UTF-8, as a peer's path, is replaced.
std::string to_text(const Report& report, int indent);

/// Errors: the kernel's.
Result<void> write_report(const Report& report, const std::string& path);

}  // namespace weft::perf
