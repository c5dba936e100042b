// One process of a run: the publisher or the subscriber, by weft or by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace weft::perf {

/// What one run carries.
struct Load {
  std::uint64_t bytes = 64;     ///< Of data in each message.
  std::uint64_t count = 1000;   ///< Messages.
  std::uint32_t window = 1000;  ///< In flight at most.
  std::uint64_t warm_up = 100;  ///< The first of them that are not timed.
};

/// What one process is to do.
struct Task {
  bool raw = false;
  bool publishes = false;
  std::string endpoint;   ///< To bind or to connect to.
  std::string directory;  ///< The runtime directory.
  Load load;
};

/// Publishing: prints the endpoint, waits for the subscriber, sends, prints the processor seconds that took,
/// and stays until its input ends.
/// Subscribing: prints the seconds that the timed messages took, and the processor seconds.
Result<void> perform(const Task& task);

/// The arguments that make main() perform the task.
std::vector<std::string> arguments_of(const Task& task);

}  // namespace weft::perf
