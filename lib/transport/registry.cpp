#include "transport/registry.hpp"

#include "transport/inproc/inproc.hpp"

namespace weft::transport {

std::vector<Registered> transports() {
  return {
      {"inproc", make_inproc},
  };
}

}  // namespace weft::transport
