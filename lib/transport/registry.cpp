#include "transport/registry.hpp"

#include "transport/inproc/inproc.hpp"
#include "transport/zmq/zmq_transport.hpp"

namespace weft::transport {

std::vector<Registered> transports() {
  auto zeromq = make_zeromq();
  return {
      {"inproc", make_inproc},
      {"ipc", std::move(zeromq.ipc)},
      {"tcp", std::move(zeromq.tcp)},
  };
}

}  // namespace weft::transport
