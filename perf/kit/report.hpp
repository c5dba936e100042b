// Report: what one run of weft-perf found. Written by its verbs, shown as a table, CSV, JSON and plots, and compared by diff.
//
// Threads   Plain values and pure functions.
#pragma once

#include <optional>
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
  std::vector<double> values;  ///< One of each round; not empty.

  [[nodiscard]] Estimate estimate() const { return perf::estimate(values); }
};

/// A distribution as points: what part of all values (0 to 1) is not greater than what value.
struct Curve {
  std::string name;                               ///< "one way", "subscriber 3".
  std::string unit;                               ///< "ns".
  std::vector<std::pair<double, double>> points;  ///< Of part and value, both growing.
};

/// One setting, and what came of it.
struct Cell {
  /// The setting: an object of texts and numbers, as {"verb":"latency","peer":"weft","transport":"ipc","bytes":64}. Cells of
  /// two reports are the same if these are.
  nlohmann::ordered_json key;
  std::vector<Metric> metrics;
  std::vector<Curve> curves;  ///< Of all rounds together.
  nlohmann::ordered_json
      details;  ///< Whatever else a reader may want, as each subscriber's own numbers; null: nothing.
  std::vector<std::string> faults;  ///< What does not add up, a line each. A cell with any is a failure.

  [[nodiscard]] const Metric* find(std::string_view metric) const noexcept;
  /// A value of the key as text; empty if it is not there.
  [[nodiscard]] std::string setting(const std::string& name) const;
};

struct Report {
  std::string command;  ///< With which it can be measured again.
  nlohmann::ordered_json environment;
  std::vector<Cell> cells;
  std::vector<std::string> skipped;  ///< What was not measured, and why, a line each.
  bool complete = true;              ///< False: it was interrupted, or failed, before its end.

  [[nodiscard]] bool sound() const noexcept;  ///< No cell has a fault.
};

nlohmann::ordered_json to_json(const Report& report);
/// Errors: malformed, with what is missing or wrong where.
Result<Report> report_from(const nlohmann::ordered_json& json);
/// The file's. Errors: the kernel's; malformed.
Result<Report> read_report(const std::string& path);

/// A line for each metric of each cell, under a line of names: the key's settings, metric, unit, median, low, high (95 %).
std::string to_csv(const Report& report);

}  // namespace weft::perf
