// ipc://NAME, ipc:///PATH and tcp://HOST:PORT: frames over ZeroMQ.
//
// What      Fan-out is XPUB and XSUB, an inbox is a ROUTER with DEALERs; plain SUB and REQ sockets of any
//           language are welcome (wire/FORMAT.md). The two schemes differ in their addresses alone and share
//           libzmq's threads.
// Threads   As transport.hpp says. A publisher may be looked after by the agent.
#pragma once

#include "transport/registry.hpp"

namespace weft::transport {

struct ZeroMq {
  Factory ipc;
  Factory tcp;
};

/// Both for one Context.
ZeroMq make_zeromq();

}  // namespace weft::transport
