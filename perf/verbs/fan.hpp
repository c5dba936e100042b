// Fan runs: publishers and subscribers of one topic, each a process of its own, and the books of what went between them.
//
// Threads   The main thread.
#pragma once

#include <map>
#include <string>

#include "stage/measure.hpp"
#include "verbs/roads.hpp"

namespace weft::perf {

struct Fan {
  std::string verb;  ///< In the cell's key.
  std::uint64_t bytes = 64;
  std::uint32_t publishers = 1;
  std::uint32_t subscribers = 1;
  double rate = 0;  ///< Of each publisher; 0: as fast as it goes.
  bool reliable = true;
  Reading reading = Reading::all;
  std::map<std::uint32_t, std::int64_t>
      slow;  ///< Subscribers, and nanoseconds for which they rest after each message.
};

/// What all parts of a run have in common; of no role yet.
Task task_of(const Road& road, const Fan& fan, const Options& options, const std::string& directory);

/// `key`: the cell's; none: the verb's, with all of the fan's settings.
Setting fan_setting(const Road& road, const Fan& fan, const Options& options, app::Interrupt& interrupt,
                    nlohmann::ordered_json key = {});

/// How many messages of that size may be on their way, so that they are some 16 MiB together, from 4 to 1,000.
std::uint32_t depth_for(std::uint64_t bytes) noexcept;

}  // namespace weft::perf
