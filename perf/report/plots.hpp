// A report as pictures.
//
// Curves    A picture for each kind of curve of the cells that differ in nothing but who carried the messages (peer and
//           transport), or, where that is always the same, in one other setting. Curves of single subscribers
//           ("subscriber 3") have a picture for each cell.
// Trends    Over the message size: rates, p50 and p99. Over the number of subscribers or workers: delivered rates and p99. A
//           picture for each metric of the cells that differ in nothing but that and who carried the messages, with a
//           line for each carrier, a point for each cell, and the intervals of medians.
// Threads   Pure functions; write_plots writes files.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "report/report.hpp"
#include "report/svg.hpp"

namespace weft::perf {

struct Picture {
  /// Of [a-z0-9-]+, made of what it shows and the settings that tell it from others; unique.
  std::string name;
  Chart chart;
};

std::vector<Picture> pictures_of(const Report& report);

/// Writes each as NAME.svg into the directory, which is made if it is not there, and index.html, which shows them all. Files
/// of these names are replaced.
/// Errors: the kernel's.
Result<void> write_plots(const Report& report, const std::string& directory);

}  // namespace weft::perf
