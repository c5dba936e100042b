// Parties: processes that do one thing together, watched by this one.
//
// What      Each is forked, not started anew, so that it has what was prepared for it: shared memory, descriptors.
// Threads   The main thread, while there is no other: a forked child of many threads has their locks, and not them.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "common/interrupt.hpp"

namespace weft::perf::limits {

struct Party {
  std::function<int()> work;     ///< Answers 0, or the errno of what failed. Must not throw.
  std::optional<int> processor;  ///< That it is pinned to.
};

/// Runs all at once, and waits for their end, asleep. If one fails the others are killed, since they may wait for it; so
/// they are if this process ends first, however it ends. None is there any more when it returns.
/// Errors: a party's; unavailable if one was killed; cancelled on Ctrl-C. They name `what` these do.
Result<void> run_together(const app::Interrupt& interrupt, const std::vector<Party>& parties,
                          std::string_view what);

}  // namespace weft::perf::limits
