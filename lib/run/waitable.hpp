// Waitable: what a WaitSet, an Executor, a poll loop can wait for.
//
// Threads   As the source says.
#pragma once

#include <concepts>

#include "base/error.hpp"

namespace weft {

/// What can be waited for: it has a descriptor that is readable while there is something to take.
template <class S>
concept Waitable = requires(S& source) {
  { source.fd() } -> std::convertible_to<Result<int>>;
};

}  // namespace weft
