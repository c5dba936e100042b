// The settings of cells: which tell them apart, and how people read them.
//
// Threads   Pure functions. What they answer points to the report's cells, which must outlive it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace weft::perf {

/// Some of a report's cells, in its order.
using Cells = std::vector<const Cell*>;
using Names = std::vector<std::string>;

Cells cells_of(const Report& report);

/// Each subscriber of those cells that have several, as a cell of its own with the setting "subscriber", and of its own
/// numbers (report.hpp, Cell::details) those that people are shown.
std::vector<Cell> subscribers_of(const Cells& cells);

/// The cells in groups that do not differ in any setting but these.
std::vector<Cells> grouped(const Cells& cells, const Names& but = {});
/// A group for each verb.
std::vector<Cells> by_verb(const Cells& cells);
/// Groups of cells whose settings have the same names, verb and all: what fits in one table.
std::vector<Cells> families(const Cells& cells);

/// The names of their settings without the verb, in the order in which they come first.
Names settings_of(const Cells& cells);
/// Those of the settings that are the same, or are not the same, for all of the cells that have them.
Names same_settings(const Cells& cells);
Names differing_settings(const Cells& cells);

/// A cell's setting as people read it, "64 KiB"; empty if it has none of that name. Without control characters.
std::string readable(const Cell& cell, const std::string& setting);
/// Several, those that it has, with their names where they are not plain: "weft, ipc, 64 KiB, subscribers 4".
std::string described(const Cell& cell, const Names& settings);
std::optional<double> number(const Cell& cell, const std::string& setting);

}  // namespace weft::perf
