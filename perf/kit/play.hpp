// play(): the program of an adapter. weft-perf starts it for each process of a run.
//
//   PROGRAM describe            one line: its version, its transports, what it can be
//   PROGRAM perform TASKS       does its parts, a JSON array of Tasks, each on a thread of its own
//
// What      They talk in lines of JSON. To weft-perf: {"at":[CHANNEL,ENDPOINT]} for each end that others go to;
//           {"ready":PART} when a driver has found all its others; {"result":PART,…}; {"error":TEXT}. From it: {"at":{…}}, all
//           endpoints of each channel; "go"; "stop", when all drivers are done. It stays until its input ends.
// Threads   The main thread of the program.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kit/peer.hpp"

namespace weft::perf {

/// `make` is given the run's directory, which is empty where the program is only to describe itself. Answers the exit code.
int play(int argc, char** argv,
         const std::function<std::unique_ptr<Peer>(const std::string& directory)>& make);

}  // namespace weft::perf
