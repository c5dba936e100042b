// A report as tables for people.
//
// Threads   Pure functions.
#pragma once

#include <string>

#include "common/terminal.hpp"
#include "report/report.hpp"

namespace weft::perf {

/// Where it was measured; for each verb a line of the settings that are the same for all of its cells, a table with a row for
/// each cell, and what does not add up; what was skipped. A metric is its median, and behind ± half of its interval
/// in percent. No wider than the terminal nor than 100 columns, and the same in a pipe; what does not fit beside the settings
/// comes in further tables.
std::string tables_of(const Report& report, const app::Terminal& terminal);

}  // namespace weft::perf
