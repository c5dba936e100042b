// How receipts travel, from a worker and to it.
//
// Threads   The End's.
#pragma once

#include "transport/transport.hpp"
#include "wire/receipt.hpp"

namespace weft::node {

/// Sends it down a return path, or, without one, to the End's inbox. False: there was no room, or nobody; never waits.
bool send_receipt(transport::End& end, transport::PortId from, const wire::Receipt& receipt,
                  const transport::ReturnPath* path);

}  // namespace weft::node
