// Spinning: waiting for another processor's store without the kernel.
//
// Threads   Any.
#pragma once

#include <limits>

#include <sched.h>

namespace weft::perf::limits {

/// For spin_until(): never gives the processor away. Only where the one that is waited for has another.
inline constexpr unsigned never_yield = std::numeric_limits<unsigned>::max();

/// Looks until `there` answers true, and yields (sched_yield) after every `looks` looks in vain. There is no pause
/// instruction between: it would make the wait gentler, and the hand-over slower.
template <class Condition>
void spin_until(unsigned looks, Condition there) {
  for (unsigned left = looks; !there();) {
    if (looks == never_yield || --left != 0) continue;
    ::sched_yield();
    left = looks;
  }
}

}  // namespace weft::perf::limits
