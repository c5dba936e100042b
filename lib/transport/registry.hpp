// The transports that weft has: one line each in registry.cpp.
//
// Threads   Any: the list is constant.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "transport/transport.hpp"

namespace weft::transport {

/// Makes one transport for a Context, which shares nothing with any other. Errors: resource_exhausted.
using Factory = Result<std::unique_ptr<Transport>> (*)(const World&);

struct Registered {
  std::string scheme;
  Factory make;
};

/// Every transport, the cheapest road first.
std::vector<Registered> transports();

/// The libraries that transports stand on, with the versions that are loaded: "libzmq 4.3.4".
std::vector<std::string> libraries();

}  // namespace weft::transport
