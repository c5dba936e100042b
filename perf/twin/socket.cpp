#include "twin/socket.hpp"

#include <array>

namespace weft::perf {

namespace {

constexpr int linger_ms = 1000;
constexpr int a_while_ms = 100;

}  // namespace

RawSocket::RawSocket(int type, void* context)
    : own_context_(context == nullptr ? zmq_ctx_new() : nullptr),
      socket_(zmq_socket(context == nullptr ? own_context_ : context, type)) {
  set(ZMQ_LINGER, linger_ms);
  set(ZMQ_RCVTIMEO, a_while_ms);
}

RawSocket::~RawSocket() {
  zmq_close(socket_);
  if (own_context_ != nullptr) zmq_ctx_term(own_context_);
}

std::string RawSocket::bind(const std::string& endpoint) {
  std::array<char, 256> bound{};
  auto size = bound.size();
  checked(zmq_bind(socket_, endpoint.c_str()));
  checked(zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, bound.data(), &size));
  return bound.data();
}

}  // namespace weft::perf
