#include "transport/zmq/context.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace weft::transport::zeromq {

namespace {

/// libzmq's own limit of 1,023 sockets is lower than what the process may open; a socket takes a descriptor
/// at least.
int socket_limit() {
  constexpr rlim_t least = 1023;
  constexpr rlim_t most = 65'535;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return int(least);
  return int(std::clamp(limit.rlim_cur, least, most));
}

}  // namespace

Result<::zmq::context_t*> Context::get() {
  const std::lock_guard lock(mutex_);
  if (!context_) {
    try {
      context_.emplace();
    } catch (const ::zmq::error_t& error) {
      return sys_error(error.num(), "zmq_ctx_new", "ZeroMQ context");
    }
    ::zmq_ctx_set(context_->handle(), ZMQ_MAX_SOCKETS, socket_limit());
  }
  return &*context_;
}

}  // namespace weft::transport::zeromq
