// One process of a run: the worker or the producer, by weft or by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace weft::perf {

/// What one run carries.
struct Load {
  bool reliable = false;  ///< Of weft: with acknowledgement. The twin has none.
  std::uint64_t bytes = 64;
  std::uint64_t count = 1'000'000;
  std::uint32_t window = 1000;      ///< Items that are not done at a time.
  std::uint64_t warm_up = 100'000;  ///< The first of them that are not timed.
};

/// What carries it.
enum class By : std::uint8_t { weft, raw, credited };  ///< The latter two by hand: raw_queue.hpp.

/// What one process is to do.
struct Task {
  By by = By::weft;
  bool works = false;
  std::string endpoint;   ///< To bind or to connect to.
  std::string directory;  ///< The runtime directory.
  Load load;
};

/// Working: prints the endpoint, does all items, and prints the seconds that the timed ones took, and the processor
/// seconds. Producing: pushes all items, and prints the processor seconds when they are done. Both stay until their
/// input ends.
Result<void> perform(const Task& task);

/// The arguments that make main() perform the task.
std::vector<std::string> arguments_of(const Task& task);
/// REQUIRES: there are so many as those, after the program's name.
Task task_of(const std::vector<std::string>& words);

}  // namespace weft::perf
