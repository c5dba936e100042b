// Socket: a ZeroMQ socket whose operations answer instead of throwing. The one seam to libzmq's errors.
//
// Threads   One at a time, handed over through a lock.
// Lifetime  The libzmq context outlives it. Closing returns at once; libzmq goes on sending for the linger.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <zmq.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "transport/zmq/message.hpp"

namespace weft::transport::zeromq {

struct SocketOptions {
  int type = ZMQ_PAIR;             ///< ZMQ_XPUB, …
  std::uint32_t send_mark = 0;     ///< Messages queued per peer; 0: no limit.
  std::uint32_t receive_mark = 0;  ///< The same on the way in.
  std::int64_t max_message = -1;   ///< Bytes; a peer that sends more is disconnected. -1: no limit.
};

/// What became of a message.
enum class Sent : std::uint8_t { yes, full, unreachable };

/// Both as one message; nothing where there is no memory.
Message copy_message(BytesView prefix, BytesView rest) noexcept;

class Socket final {
 public:
  /// Errors: resource_exhausted.
  static Result<Socket> open(::zmq::context_t& context, const SocketOptions& options);

  Result<void> set(int option, int value);
  /// How long closing may go on sending; rounded up to milliseconds.
  void linger(Duration longest) noexcept;

  /// The library's answer to zmq_bind and zmq_connect: 0 or an errno.
  int bind(const std::string& endpoint) noexcept;
  int connect(const std::string& endpoint) noexcept;
  /// Forgets an endpoint that it was connected to, with what had arrived from there.
  void disconnect(const std::string& endpoint) noexcept;
  /// Where the last bind() really is.
  [[nodiscard]] std::string last_endpoint();

  /// Never waits; takes the message if the answer is yes. REQUIRES: there is one. Anything but yes and full is unreachable.
  Sent send(Message& message, bool more = false) noexcept {
    if (::zmq_msg_send(message.handle(), handle(), ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0) [[likely]] {
      message.taken();
      return Sent::yes;
    }
    return why_not();
  }
  Sent send(BytesView prefix, BytesView rest = {}) noexcept;

  /// The next part into `message`; false if there is none. Never waits.
  bool receive(Message& message) noexcept {
    return ::zmq_msg_recv(message.handle(), handle(), ZMQ_DONTWAIT) >= 0 || received_late(message);
  }

  /// ZMQ_POLLIN and ZMQ_POLLOUT, as they are now.
  [[nodiscard]] int events() noexcept;
  /// ZMQ_FD: readable on an edge, and only until the next operation of any kind on the socket.
  [[nodiscard]] int fd() noexcept;
  [[nodiscard]] void* handle() noexcept { return socket_.handle(); }

 private:
  explicit Socket(::zmq::socket_t socket) noexcept : socket_(std::move(socket)) {}
  static Sent why_not() noexcept;
  bool received_late(Message& message) noexcept;

  ::zmq::socket_t socket_;
};

/// The descriptor of the connection that a message came in by; -1 if libzmq does not say.
int connection_of(Message& message) noexcept;

}  // namespace weft::transport::zeromq
