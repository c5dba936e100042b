// The processes of a run: what each prints is read by workloads.cpp, line by line.
//
//   publish          a topic, a message each millisecond until its input ends     "ready"
//   first            subscribes to it                                             "first" at the first message
//   watch            subscribes to it and waits for its publisher's end           "matched", then a reading of now()
//   ports COUNT      announces so many ports and stays                            "announced"
//
// All are found by discovery in one runtime directory; none is given an endpoint.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace weft::perf {

/// The world that a run's processes meet in.
struct Place {
  std::string directory;  ///< The runtime directory.
  std::string daemon;     ///< The program to start where none runs.
};

/// `words`: a role and what follows it, above.
Result<void> perform(const std::vector<std::string>& words, const Place& place);

}  // namespace weft::perf
