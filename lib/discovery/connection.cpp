#include "discovery/connection.hpp"

#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/unix_address.hpp"
#include "discovery/packet.hpp"
#include "discovery/process.hpp"

namespace weft::discovery {

namespace {

Error gone() {
  return Error{Errc::unavailable, "the other end of the discovery connection has closed it"};
}

/// What connect() says, in terms of who listens.
Error why_not(const std::string& path, Error error) {
  if (error.sys_errno == ENOENT || error.sys_errno == ECONNREFUSED)
    return Error{Errc::unavailable, fmt::format("no discovery daemon listens at {}", path), error.sys_errno};
  if (error.sys_errno == EAGAIN)
    return Error{Errc::resource_exhausted,
                 fmt::format("the discovery daemon at {} does not answer: too many wait for it", path),
                 error.sys_errno};
  return std::move(error).within("discovery daemon");
}

/// A directory that others may write to could hold another user's socket.
Result<void> check_own(int socket, const std::string& path) {
  WEFT_TRY(const auto daemon, process_at(socket));
  if (daemon.uid == ::geteuid()) return {};
  return Error{
      Errc::permission_denied,
      fmt::format("the discovery daemon at {} is user {}'s, not yours ({}): set WEFT_RUNTIME_DIR, or "
                  "ContextOptions::runtime_directory, to a directory of your own",
                  path, daemon.uid, ::geteuid())};
}

}  // namespace

Result<Connection> Connection::open(const std::string& path) {
  WEFT_TRY(const auto address, unix_address(path));
  WEFT_TRY(auto socket, sys::open("socket", path, [] {
             return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
           }));
  auto connected =
      sys::call("connect", path, [&] { return ::connect(socket.get(), generic(address), sizeof address); });
  if (!connected) return why_not(path, std::move(connected).error());
  WEFT_CHECK(check_own(socket.get(), path));
  return Connection(std::move(socket));
}

Result<bool> Connection::send(Bytes packet) {
  if (packet.size() > max_packet_bytes) {
    return Error{Errc::too_big, fmt::format("a discovery packet of {} bytes, at most {} are allowed",
                                            packet.size(), max_packet_bytes)};
  }
  WEFT_CHECK(flush());
  if (!waiting()) {
    WEFT_TRY(const bool taken, hand_over(packet));
    if (taken) return true;
  }
  if (waiting_bytes_ + packet.size() > most_waiting_) return false;
  waiting_bytes_ += packet.size();
  queue_.push_back(std::move(packet));
  return true;
}

Result<void> Connection::flush() {
  while (waiting()) {
    WEFT_TRY(const bool taken, hand_over(queue_.front()));
    if (!taken) return {};
    waiting_bytes_ -= queue_.front().size();
    queue_.pop_front();
  }
  return {};
}

void Connection::drop_queue() noexcept {
  queue_.clear();
  waiting_bytes_ = 0;
}

Result<bool> Connection::hand_over(BytesView packet) const {
  const auto sent = sys::call("send", "a discovery packet", [&] {
    return ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  });
  if (sent) return true;
  if (sent.error().sys_errno == EAGAIN || sent.error().sys_errno == ENOBUFS) return false;
  if (sent.error().code == Errc::unavailable) return gone();
  return sent.error();
}

Result<std::optional<BytesView>> Connection::receive(Bytes& buffer) const {
  if (buffer.size() < max_packet_bytes) buffer.resize(max_packet_bytes);
  for (;;) {
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const auto size = sys::call("recvmsg", "a discovery packet",
                                [&] { return ::recvmsg(socket_.get(), &message, MSG_DONTWAIT); });
    if (size && *size == 0) return gone();
    if (size && (message.msg_flags & MSG_TRUNC) != 0) {
      return Error{Errc::too_big, fmt::format("a discovery packet of more than {} bytes", max_packet_bytes)};
    }
    if (size) return std::optional(BytesView(buffer).first(std::size_t(*size)));
    if (size.error().sys_errno == EAGAIN) return std::optional<BytesView>();
    // Said once where the other end closed without having read all; what it sent before is still to be read.
    if (size.error().sys_errno != ECONNRESET) return size.error();
  }
}

}  // namespace weft::discovery
