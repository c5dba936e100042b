// Shared memory as a transport (transport.hpp): for ends on one host.
//
// Threads   Any.
#pragma once

#include <memory>

#include "transport/transport.hpp"

namespace weft::transport {

Result<std::unique_ptr<Transport>> make_shm(const World& world);

}  // namespace weft::transport
