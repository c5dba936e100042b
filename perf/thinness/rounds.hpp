// One cell of the table: a transport and a size, measured in interleaved rounds.
//
// Threads   One at a time.
#pragma once

#include <string>

#include "kit/rounds.hpp"
#include "thinness/sides.hpp"

namespace weft::perf {

struct Cell {
  std::string scheme;  ///< "ipc" or "tcp".
  Load load;
};

struct Outcome {
  Cell cell;
  Comparison compared;
  Verdict verdict = Verdict::undecided;
};

/// What weft must reach of raw's rate.
inline constexpr double target = 0.95;

/// Errors: those of compare().
Result<Outcome> measure(const Bench& bench, const Cell& cell);

}  // namespace weft::perf
