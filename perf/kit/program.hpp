// What every benchmark's main() does around its measurements.
//
// Threads   The main thread, once.
#pragma once

#include <functional>

#include "base/error.hpp"
#include "common/command.hpp"

namespace weft::perf {

/// Parses the arguments, refuses a build whose numbers would say nothing, and measures. Answers the exit code:
/// the measurement's, else that of its error, which is printed under the program's name.
int run(app::Program& app, int argc, char** argv, const std::function<Result<int>()>& measure);

/// Shows one line on a terminal's standard error, over the one before; an empty one clears it. Nothing elsewhere.
void show_progress(const std::string& line);

}  // namespace weft::perf
