// ipc://NAME, ipc:///PATH and tcp://HOST:PORT: frames over ZeroMQ.
//
// What      Fan-out is XPUB and XSUB, an inbox is a ROUTER with DEALERs; plain SUB and REQ sockets of any
//           language are welcome (wire/FORMAT.md). The two schemes differ in their addresses alone. Each
//           starts libzmq's two threads with its first End.
// Threads   As transport.hpp says. A publisher may be looked after by the agent.
#pragma once

#include <memory>
#include <string>

#include "transport/transport.hpp"

namespace weft::transport {

/// Cannot fail; `world` outlives the transport.
Result<std::unique_ptr<Transport>> make_ipc(const World& world);
Result<std::unique_ptr<Transport>> make_tcp(const World& world);

/// The library's name and version, as it is loaded.
std::string zmq_version();

}  // namespace weft::transport
