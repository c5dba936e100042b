// A report as CSV.
//
// Threads   A pure function.
#pragma once

#include <string>

#include "report/report.hpp"

namespace weft::perf {

/// A line for each metric of each cell, and of each subscriber of those that have several, under a line of names: the key's
/// settings, metric, unit, median, low, high; the last two are empty where there is no interval of 95 %. Quoted as RFC 4180
/// has it.
std::string to_csv(const Report& report);

}  // namespace weft::perf
