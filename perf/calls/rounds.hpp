// One cell of the table: a transport and how many calls are under way, measured in interleaved rounds.
//
// Threads   One at a time.
#pragma once

#include <functional>
#include <string>

#include "calls/sides.hpp"
#include "common/interrupt.hpp"
#include "kit/statistics.hpp"

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

/// All ratios are weft to raw, or of the control: raw to raw.
struct Outcome {
  Cell cell;
  Speed weft;
  Speed raw;
  Estimate rate;
  Estimate control;
  Estimate processor;  ///< Processor time a call.
  Verdict verdict = Verdict::undecided;
};

/// What weft must reach of raw's rate.
inline constexpr double target = 0.9;

struct Bench {
  app::Interrupt& interrupt;
  std::string directory;  ///< For sockets.
  int rounds = 15;
  std::function<void(int round)> progress;
};

/// Runs weft, raw and raw again in each round, each in two processes of their own and each as often first.
/// Errors: those of a run; cancelled on Ctrl-C.
Result<Outcome> measure(const Bench& bench, const Cell& cell);

}  // namespace weft::perf
