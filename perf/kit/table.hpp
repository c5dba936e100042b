// The table of a benchmark that compares weft with a twin by hand: a row for each cell as it is measured, or JSON.
//
// Threads   The main thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/command.hpp"
#include "kit/rounds.hpp"

namespace weft::perf {

/// What all of them take.
struct TableOptions {
  int rounds = 15;
  bool quick = false;
  bool json = false;
  std::vector<std::string> schemes{"ipc", "tcp"};
};
void declare(app::Program& app, TableOptions& options);

struct Row {
  std::string text;
  nlohmann::json json;
  Verdict verdict = Verdict::undecided;
};

struct TableCell {
  std::string name;  ///< For who watches.
  std::function<Result<Row>(const Bench& bench)> measure;
};

/// Measures every cell. Answers the exit code: failed if one is below its target. Errors: those of a run; cancelled on
/// Ctrl-C.
Result<int> print_table(std::string_view program, const TableOptions& options, const std::string& head,
                        const std::vector<TableCell>& cells);

/// The head's two lines, and a row: `own` columns, and those of every comparison.
std::string head_of(std::string_view own, std::string_view own_units);
Row row_of(std::string_view own, nlohmann::json json, const Comparison& compared, double target);

}  // namespace weft::perf
