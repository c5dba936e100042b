// Receipts: what a worker says to a producer of the items that it had from it, or might have. Ordinary messages.
//
// Threads   Values.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "type/message.hpp"

namespace weft::wire {

/// An item that its worker could not do.
struct Refusal {
  std::uint64_t sequence = 0;
  Duration delay{0};  ///< How long it is to rest before it is tried again.
  WEFT_MESSAGE("weft/Refusal", sequence, delay)
};

/// Items by their sequence, each that the worker had once. Of a reliable queue they are done; of a best-effort one the
/// worker has taken them. One without any says that the worker's program keeps all that it has and would take more. Grows at
/// its end alone: read it by decode_growing() (codec/msgpack.hpp).
struct Receipt {
  std::vector<std::uint64_t> done;
  std::vector<Refusal> refused;
  /// From a producer: it has an item that was with a worker when that died. From the worker: it would begin it now, and
  /// then it gets it. So the producer knows who began it, should this worker die, too.
  std::vector<std::uint64_t> offered;
  WEFT_MESSAGE("weft/Receipt", done, refused, offered)
};

}  // namespace weft::wire
