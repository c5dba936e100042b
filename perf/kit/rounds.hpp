// Rounds: weft and its twin by hand, one after the other, each side of a run a process of its own.
//
// Threads   One at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/interrupt.hpp"
#include "kit/statistics.hpp"

namespace weft::perf {

struct Bench {
  app::Interrupt& interrupt;
  std::string directory;  ///< For sockets.
  int rounds = 15;
  std::function<void(int round)> progress;
};

/// What came of one run.
struct Run {
  double rate = 0;       ///< Messages a second.
  double processor = 0;  ///< Seconds of both processes, a message.
};

/// Medians; all ratios are weft to raw, or of the control: raw to raw.
struct Comparison {
  double weft_rate = 0;
  double raw_rate = 0;
  Estimate rate;
  Estimate control;
  Estimate processor;  ///< Processor time a message.
};

/// Runs weft, raw and raw again in each round, each as often first. Errors: those of a run; cancelled on Ctrl-C.
Result<Comparison> compare(const Bench& bench, const std::function<Result<Run>(bool raw)>& run);

/// An endpoint that a first process of a run may bind.
std::string endpoint_for(const Bench& bench, const std::string& scheme);

/// The numbers that the two processes of a run have printed.
struct Printed {
  std::vector<double> first;
  std::vector<double> second;
};

/// Starts this program with `first`, and then with what `second` makes of the endpoint that the first has printed. Each
/// prints one line of numbers, and stays until its input ends: that is when both have printed. The second's ends first.
Result<Printed> run_pair(const Bench& bench, const std::vector<std::string>& first,
                         const std::function<std::vector<std::string>(std::string endpoint)>& second);

}  // namespace weft::perf
