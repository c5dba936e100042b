// The libzmq context of one transport, made when the first socket is.
//
// Threads   Any.
// Lifetime  Outlives the sockets. Its end waits until what closed sockets still send is sent, at most as long
//           as the longest of their lingers.
#pragma once

#include <mutex>
#include <optional>

#include <zmq.hpp>

#include "base/error.hpp"

namespace weft::transport::zeromq {

class Context final {
 public:
  /// Starts libzmq's threads at the first call. Errors: resource_exhausted.
  Result<::zmq::context_t*> get();

 private:
  std::mutex mutex_;
  std::optional<::zmq::context_t> context_;
};

}  // namespace weft::transport::zeromq
