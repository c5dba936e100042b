// One process of a run: the server or the client, by weft or by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace weft::perf {

/// What one run carries.
struct Load {
  std::uint64_t bytes = 64;  ///< Of data in each request, and in its reply.
  std::uint64_t calls = 100'000;
  std::uint32_t window = 1;      ///< Calls under way at a time.
  std::uint64_t warm_up = 1000;  ///< The first of them that are not timed.
};

/// What one process is to do.
struct Task {
  bool raw = false;
  bool serves = false;
  std::string endpoint;   ///< To bind or to connect to.
  std::string directory;  ///< The runtime directory.
  Load load;
};

/// Serving: prints the endpoint, answers every call, prints the processor seconds, and stays until its input ends.
/// Calling: prints the seconds that the timed calls took, the median and the 99th percentile of one, in seconds, and the
/// processor seconds.
Result<void> perform(const Task& task);

/// The arguments that make main() perform the task.
std::vector<std::string> arguments_of(const Task& task);

}  // namespace weft::perf
