// The verbs of weft-perf: a file each, which declares its options and says what is to run.
//
// Threads   The main thread.
#pragma once

#include <functional>

#include "base/error.hpp"
#include "common/command.hpp"
#include "common/interrupt.hpp"
#include "common/terminal.hpp"

namespace weft::perf {

/// What main gives every verb.
struct World {
  app::Interrupt& interrupt;
  app::Terminal terminal;
  std::string command;  ///< The whole command line, for the report.
};

/// The verb that was given: answers the exit code. One that measures refuses a build that is not fit for it
/// (kit/environment.hpp).
using Verb = std::function<Result<int>(World& world)>;

void add_all(app::Command& program, Verb& verb);
void add_diff(app::Command& program, Verb& verb);
void add_limits(app::Command& program, Verb& verb);
void add_latency(app::Command& program, Verb& verb);
void add_fanout(app::Command& program, Verb& verb);
void add_rpc(app::Command& program, Verb& verb);
void add_pipeline(app::Command& program, Verb& verb);
void add_compare(app::Command& program, Verb& verb);
void add_codec(app::Command& program, Verb& verb);
void add_throughput(app::Command& program, Verb& verb);
void add_show(app::Command& program, Verb& verb);

}  // namespace weft::perf
