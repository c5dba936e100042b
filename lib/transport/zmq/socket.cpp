#include "transport/zmq/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <limits>

#include <sys/eventfd.h>

#include "base/fd.hpp"
#include "base/sys.hpp"

namespace weft::transport::zeromq {

namespace {

#ifdef WEFT_FAULT_NO_RECOVERY  // tests/process: what is lost stays lost
constexpr int first_retry_ms = -1;
#else
constexpr int first_retry_ms = 20;
#endif
constexpr int last_retry_ms = 1000;
constexpr std::size_t descriptors_needed = 16;

/// libzmq's marks are ints.
int mark(std::uint32_t messages) {
  return int(std::min(messages, std::uint32_t(std::numeric_limits<int>::max())));
}

Error library_error(std::string_view call, std::string_view object) {
  const int code = ::zmq_errno();
  if (code == EMFILE) {
    return Error{Errc::resource_exhausted,
                 std::string(call) + ": too many sockets or descriptors; raise the limit (ulimit -n)", code};
  }
  return sys_error(code, call, object);
}

/// libzmq ends the process where it gets no descriptor for a socket, its threads or the first connections.
Result<void> check_descriptors() {
  std::array<Fd, descriptors_needed> spare;
  for (auto& fd : spare) {
    WEFT_TRY(fd, sys::open("eventfd", "a ZeroMQ socket; raise the limit of open files (ulimit -n)",
                           [] { return ::eventfd(0, EFD_CLOEXEC); }));
  }
  return {};
}

}  // namespace

Message copy_message(BytesView prefix, BytesView rest) noexcept {
  Message message(prefix.size() + rest.size());
  if (!message) return message;
  if (!prefix.empty()) std::memcpy(message.data(), prefix.data(), prefix.size());
  if (!rest.empty()) std::memcpy(message.data() + prefix.size(), rest.data(), rest.size());
  return message;
}

Result<Socket> Socket::open(::zmq::context_t& context, const SocketOptions& options) {
  WEFT_CHECK(check_descriptors());
  try {
    Socket socket{::zmq::socket_t(context, options.type)};
    socket.linger(Duration::zero());
    WEFT_CHECK(socket.set(ZMQ_SNDHWM, mark(options.send_mark)));
    WEFT_CHECK(socket.set(ZMQ_RCVHWM, mark(options.receive_mark)));
    WEFT_CHECK(socket.set(ZMQ_RECONNECT_IVL, first_retry_ms));
    WEFT_CHECK(socket.set(ZMQ_RECONNECT_IVL_MAX, last_retry_ms));
    if (::zmq_setsockopt(socket.handle(), ZMQ_MAXMSGSIZE, &options.max_message, sizeof options.max_message) !=
        0) {
      return library_error("zmq_setsockopt", "ZMQ_MAXMSGSIZE");
    }
    return socket;
  } catch (const ::zmq::error_t&) {
    return library_error("zmq_socket", "ZeroMQ socket");
  }
}

Result<void> Socket::set(int option, int value) {
  if (::zmq_setsockopt(handle(), option, &value, sizeof value) == 0) return {};
  return library_error("zmq_setsockopt", std::to_string(option));
}

void Socket::linger(Duration longest) noexcept {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
  const int value = int(std::clamp<std::int64_t>(ms, 0, std::numeric_limits<int>::max()));
  ::zmq_setsockopt(handle(), ZMQ_LINGER, &value, sizeof value);
}

int Socket::bind(const std::string& endpoint) noexcept {
  return ::zmq_bind(handle(), endpoint.c_str()) == 0 ? 0 : ::zmq_errno();
}

int Socket::connect(const std::string& endpoint) noexcept {
  return ::zmq_connect(handle(), endpoint.c_str()) == 0 ? 0 : ::zmq_errno();
}

void Socket::disconnect(const std::string& endpoint) noexcept {
  ::zmq_disconnect(handle(), endpoint.c_str());
}

std::string Socket::last_endpoint() {
  std::array<char, 1024> text{};
  std::size_t size = text.size();
  if (::zmq_getsockopt(handle(), ZMQ_LAST_ENDPOINT, text.data(), &size) != 0) return {};
  return {text.data()};
}

Sent Socket::send(BytesView prefix, BytesView rest) noexcept {
  auto message = copy_message(prefix, rest);
  if (!message) return Sent::full;
  return send(message);
}

Sent Socket::why_not() noexcept {
  return ::zmq_errno() == EAGAIN ? Sent::full : Sent::unreachable;
}

bool Socket::received_late(Message& message) noexcept {
  while (::zmq_errno() == EINTR) {
    if (::zmq_msg_recv(message.handle(), handle(), ZMQ_DONTWAIT) >= 0) return true;
  }
  return false;
}

int Socket::events() noexcept {
  int events = 0;
  std::size_t size = sizeof events;
  return ::zmq_getsockopt(handle(), ZMQ_EVENTS, &events, &size) == 0 ? events : 0;
}

int Socket::fd() noexcept {
  int fd = -1;
  std::size_t size = sizeof fd;
  return ::zmq_getsockopt(handle(), ZMQ_FD, &fd, &size) == 0 ? fd : -1;
}

int connection_of(Message& message) noexcept {
  // ZMQ_SRCFD asserts inside libzmq where the message came from no connection; the property answers nothing
  // instead.
  const auto* text = ::zmq_msg_gets(message.handle(), "__fd");
  int fd = -1;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), fd);
  return fd;
}

}  // namespace weft::transport::zeromq
