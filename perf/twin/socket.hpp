// A libzmq socket, as the twin's ends use it.
//
// Threads   One at a time.
// Lifetime  A context that is given outlives it.
// Caveats   Throws std::runtime_error where libzmq fails: it is a benchmark's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include <zmq.h>

namespace weft::perf {

/// What libzmq answered, unless it failed.
inline int checked(int result) {
  if (result < 0) throw std::runtime_error(zmq_strerror(zmq_errno()));
  return result;
}

inline std::byte* data_of(zmq_msg_t& message) {
  return static_cast<std::byte*>(zmq_msg_data(&message));
}

class RawSocket final {
 public:
  /// In a context of its own, if none is given.
  RawSocket(int type, void* context);
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  ~RawSocket();

  [[nodiscard]] void* get() const noexcept { return socket_; }
  void set(int option, int value) { checked(zmq_setsockopt(socket_, option, &value, sizeof value)); }
  /// Answers with the endpoint to connect to.
  std::string bind(const std::string& endpoint);
  void connect(const std::string& endpoint) { checked(zmq_connect(socket_, endpoint.c_str())); }

  void send(zmq_msg_t& message) { checked(zmq_msg_send(&message, socket_, 0)); }
  void send(const void* data, std::size_t bytes, int flags = 0) {
    checked(zmq_send(socket_, data, bytes, flags));
  }
  /// False if nothing came in 100 ms, or, with ZMQ_DONTWAIT, nothing is there.
  bool receive(zmq_msg_t& message) { return arrived(zmq_msg_recv(&message, socket_, 0)) >= 0; }
  /// The same; the part's bytes, or -1.
  int receive(void* data, std::size_t bytes, int flags = 0) {
    return arrived(zmq_recv(socket_, data, bytes, flags));
  }

 private:
  static int arrived(int result) { return result < 0 && zmq_errno() == EAGAIN ? -1 : checked(result); }

  void* own_context_;  // or nullptr
  void* socket_;
};

}  // namespace weft::perf
