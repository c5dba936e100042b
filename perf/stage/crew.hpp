// Crew: the processes of one run. perform() has them play their parts together, and gathers what they found.
//
// Threads   The main thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "common/interrupt.hpp"
#include "stage/task.hpp"

namespace weft::perf {

/// A middleware that can be measured: its adapter's program, and what that says of itself.
struct Middleware {
  struct Transport {
    std::string name;
    bool crosses = true;  ///< It joins processes.
  };
  std::string name;
  std::string program;
  std::string version;
  std::vector<Transport> transports;
  std::set<Pair> pairs;
  std::uint64_t most_bytes = UINT64_MAX;  ///< Of a payload.
  bool acknowledges = false;              ///< A worker's end says what it has done.
  bool needs_daemon = false;              ///< A run has a process more, beside those of its tasks.

  /// Errors: not_found, it has no such transport.
  [[nodiscard]] Result<Transport> transport(const std::string& wanted) const;
};

/// Finds the adapter weft-perf-NAME beside this program; a name with a slash is the adapter's path. Errors: not_found, with
/// how to get it; what it says, or that it says nothing that an adapter would.
Result<Middleware> find_middleware(const std::string& name, app::Interrupt& interrupt);

/// Starts the middleware's program for the tasks, each in a process of its own, or all in one, where their transport joins
/// none; has each end told where to go, all drivers begin at once when each has found all its others, and the rest stop when
/// the drivers are done. A daemon, where one is needed, runs longer than all of them. Answers each task's result, in their
/// order. However it ends, no process is left, nor what else a daemon sweeps. Errors: what a part says has failed;
/// unavailable, a process has died; timeout, they take thrice the first task's patience longer than they measure; cancelled,
/// Ctrl-C.
Result<std::vector<nlohmann::json>> perform(const Middleware& middleware, const std::vector<Task>& tasks,
                                            app::Interrupt& interrupt);

}  // namespace weft::perf
