// Monitor: what happens to a socket's connections, in the order in which it happened.
//
// Threads   The socket's.
// Lifetime  Ends before its socket: libzmq waits for a monitor's reader, and so for nobody once it is gone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "transport/zmq/socket.hpp"

namespace weft::transport::zeromq {

/// Takes away the address that a socket is bound to, and waits until libzmq has closed it, at most a second:
/// until then nobody else can bind it. Ends the socket's Monitor, if it has one.
void unbind(::zmq::context_t& context, Socket& socket, const std::string& endpoint) noexcept;

class Monitor final {
 public:
  enum class What : std::uint8_t { opened, ready, closed };
  struct Event {
    What what;
    int connection;          ///< Its descriptor; of a `ready` one libzmq does not say.
    std::string endpoint{};  ///< Of an `opened` one: libzmq's URI of where it was connected to, or accepted.
  };

  /// Errors: resource_exhausted.
  static Result<Monitor> start(::zmq::context_t& context, Socket& socket);
  Monitor(Monitor&& other) noexcept;
  Monitor& operator=(Monitor&&) = delete;
  ~Monitor();

  /// Never waits.
  std::optional<Event> next();
  /// Like Socket::fd().
  [[nodiscard]] int fd() noexcept { return reader_.fd(); }

 private:
  friend void unbind(::zmq::context_t& context, Socket& socket, const std::string& endpoint) noexcept;
  static Result<Monitor> start(::zmq::context_t& context, Socket& socket, int events);
  Monitor(void* watched, Socket reader) noexcept : watched_(watched), reader_(std::move(reader)) {}
  void* watched_;
  Socket reader_;
};

}  // namespace weft::transport::zeromq
