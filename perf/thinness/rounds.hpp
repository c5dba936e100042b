// One cell of the table: a transport and a size, measured in interleaved rounds.
//
// Threads   One at a time.
#pragma once

#include <functional>
#include <string>

#include "common/interrupt.hpp"
#include "kit/statistics.hpp"
#include "thinness/sides.hpp"

namespace weft::perf {

struct Cell {
  std::string scheme;  ///< "ipc" or "tcp".
  Load load;
};

/// All ratios are weft to raw, or of the control: raw to raw.
struct Outcome {
  Cell cell;
  double weft_rate = 0;  ///< Messages a second, median.
  double raw_rate = 0;
  Estimate rate;
  Estimate control;
  Estimate processor;  ///< Processor time a message.
  Verdict verdict = Verdict::undecided;
};

/// What weft must reach of raw's rate.
inline constexpr double target = 0.95;

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
