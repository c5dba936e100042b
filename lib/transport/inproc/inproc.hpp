// inproc://NAME: ends of one Context hand each other the very frames that were sent.
//
// What      A frame is one shared buffer, or a header and the object itself, that every receiver borrows. The
//           shortest transport, and the test double of the others.
// Threads   As transport.hpp says.
#pragma once

#include <memory>

#include "transport/transport.hpp"

namespace weft::transport {

/// Cannot fail; keeps nothing of the World.
Result<std::unique_ptr<Transport>> make_inproc(const World& world);

}  // namespace weft::transport
