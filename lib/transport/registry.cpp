#include "transport/registry.hpp"

#include "transport/inproc/inproc.hpp"
#include "transport/shm/shm_transport.hpp"
#include "transport/zmq/zmq_transport.hpp"

namespace weft::transport {

std::vector<Registered> transports() {
  return {
      {"inproc", make_inproc},
      {"shm", make_shm},
      {"ipc", make_ipc},
      {"tcp", make_tcp},
  };
}

std::vector<std::string> libraries() {
  return {zmq_version()};
}

}  // namespace weft::transport
