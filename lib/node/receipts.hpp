// How receipts travel, from a worker and to it.
//
// Threads   The End's.
#pragma once

#include <algorithm>
#include <cstdint>

#include "transport/transport.hpp"
#include "type/qos.hpp"
#include "wire/receipt.hpp"

namespace weft::node {

/// Sends it down a return path, or, without one, to the End's inbox. False: there was no room, or nobody; never waits.
bool send_receipt(transport::End& end, transport::PortId from, const wire::Receipt& receipt,
                  const transport::ReturnPath* path);

/// How deep an End must be so that no receipt finds it full, where a worker has so many items at most: one says of each item
/// that it is done, and one before that asks for another, or for one that is offered.
inline std::uint32_t receipts_of(std::uint32_t items) noexcept {
  return std::min(2 * (items + 1), max_depth);
}

}  // namespace weft::node
