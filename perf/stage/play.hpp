// play(): the program of an adapter. weft-perf starts it for each process of a run.
//
//   PROGRAM describe            one line: its version, its transports, what it can be
//   PROGRAM perform TASKS       does its parts, a JSON array of Tasks, each on a thread of its own
//   PROGRAM daemon TASKS        is what all processes of the run need, if it described itself as "needs_daemon"
//   PROGRAM sweep TASKS         removes what is left of that run, once all its processes are gone
//
// What      They talk in lines of JSON. To weft-perf: {"at":[CHANNEL,ENDPOINT]} for each end that others go to;
//           {"ready":PART} when a driver has found all its others; {"result":PART,…}; {"error":TEXT}. From it: {"at":{…}}, all
//           endpoints of each channel; "go"; "stop", when all drivers are done. It stays until its input ends.
//           A daemon says {"ready":"daemon"}, and stays until its input ends, also if that is since weft-perf was killed.
// Threads   The main thread of the program.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stage/peer.hpp"
#include "stage/task.hpp"

namespace weft::perf {

/// A process that all others of a run need beside them. Both are given the tasks of all.
class Daemon {
 public:
  virtual ~Daemon() = default;
  /// It does its work on threads of its own until the process ends.
  virtual void start(const std::vector<Task>& tasks) = 0;
  /// Removes what this run has left on the machine, however its processes have ended, and nothing else. Called by the daemon
  /// at its end, which follows at once, and by another process later.
  virtual void sweep(const std::vector<Task>& tasks) = 0;
};

/// Given the run's directory, which is empty where the program is only to describe itself. Throws, if it cannot be measured
/// here.
using MakePeer = std::function<std::unique_ptr<Peer>(const std::string& directory)>;

/// Answers the exit code.
int play(int argc, char** argv, const MakePeer& make, Daemon* daemon = nullptr);

}  // namespace weft::perf
