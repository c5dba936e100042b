// Difference: what moved between two reports, metric by metric of the cells that both have.
//
// Threads   Pure functions.
// Lifetime  A Difference refers to its reports, which outlive it.
#pragma once

#include <string>
#include <vector>

#include "report/change.hpp"
#include "report/report.hpp"

namespace weft::perf {

/// A metric that both have, of a cell that both have.
struct Moved {
  const Cell* cell;
  const Metric* before;
  const Metric* after;
  Change change;
};

/// What is only in one of both.
struct Single {
  const Cell* cell;
  const Metric* metric;  ///< Null: the whole cell.
};

struct Differing {
  std::string name;
  std::string before;  ///< Empty: it is not said there.
  std::string after;
};

struct Difference {
  std::vector<Differing> environment;  ///< Without what differs anyhow: the load, and the revision.
  std::vector<Moved> metrics;          ///< In the new report's order.
  std::vector<Single> only_before;
  std::vector<Single> only_after;
  std::vector<const Cell*>
      broken;  ///< The new ones with faults that had none; faults in a new cell count, too.

  [[nodiscard]] std::size_t count(Movement movement) const noexcept;
  /// A metric is worse, or a cell is broken.
  [[nodiscard]] bool regressed() const noexcept;
};

/// All comparisons share a risk of 5 %: so often is anything called better or worse where nothing has changed.
Difference difference_of(const Report& before, const Report& after);

/// A key for people: its texts, and its numbers with their names: "latency weft ipc bytes=64".
std::string label_of(const Cell& cell);

}  // namespace weft::perf
