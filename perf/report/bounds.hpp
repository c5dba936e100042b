// Bounds: the numbers of a report as multiples of what the machine can do at best, by a report of `weft-perf limits`.
//
// Latency      One way it is bounded by a hand-over on the same cores, through a futex, or through a cache line where readers
//              spin, and a memcpy of the message: as much is written and read. A round trip by twice that.
// Throughput   Deliveries are bounded by the bare ring on the same cores of as many readers, or the next more that was measured, with messages of
//              that size, or the next greater, of which every byte is read.
// Threads      Pure functions.
#pragma once

#include "base/error.hpp"
#include "report/report.hpp"

namespace weft::perf {

/// Gives each cell for whose median or delivered rate there is a bound a metric "… / limit" of all its rounds. Errors:
/// not_found, `limits` has none of them.
Result<void> add_multiples(Report& report, const Report& limits);

}  // namespace weft::perf
