// One cell of the table: a transport and how many calls are under way, measured in interleaved rounds.
//
// Threads   One at a time.
#pragma once

#include <string>

#include "calls/sides.hpp"
#include "kit/rounds.hpp"

namespace weft::perf {

struct Cell {
  std::string scheme;  ///< "ipc" or "tcp".
  Load load;
};

/// Of one side, medians of the rounds.
struct Speed {
  double rate = 0;    ///< Calls a second.
  double median = 0;  ///< From beginning a call to its reply, in seconds,
  double p99 = 0;     ///< and the 99th percentile.
};

struct Outcome {
  Cell cell;
  Speed weft;
  Speed raw;
  Comparison compared;
  Verdict verdict = Verdict::undecided;
};

/// What weft must reach of raw's rate.
inline constexpr double target = 0.9;

/// Errors: those of compare().
Result<Outcome> measure(const Bench& bench, const Cell& cell);

}  // namespace weft::perf
