#include "transport/zmq/monitor.hpp"

#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace weft::transport::zeromq {

namespace {

constexpr int watched_events =
    ZMQ_EVENT_CONNECTED | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED;

std::optional<Monitor::What> what(std::uint16_t event) {
  switch (event) {
    case ZMQ_EVENT_CONNECTED:
    case ZMQ_EVENT_ACCEPTED:
      return Monitor::What::opened;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return Monitor::What::ready;
    case ZMQ_EVENT_DISCONNECTED:
      return Monitor::What::closed;
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<Monitor> Monitor::start(::zmq::context_t& context, Socket& socket) {
  return start(context, socket, watched_events);
}

Result<Monitor> Monitor::start(::zmq::context_t& context, Socket& socket, int events) {
  // No mark: libzmq's own threads wait where a monitor's reader is full.
  WEFT_TRY(auto reader, Socket::open(context, {.type = ZMQ_PAIR, .send_mark = 0, .receive_mark = 0}));
  const auto address =
      fmt::format("inproc://monitor-{}-{}", fmt::ptr(socket.handle()), fmt::ptr(reader.handle()));
  if (::zmq_socket_monitor(socket.handle(), address.c_str(), events) != 0) {
    return sys_error(::zmq_errno(), "zmq_socket_monitor", address);
  }
  Monitor monitor(socket.handle(), std::move(reader));
  if (const int code = monitor.reader_.connect(address); code != 0)
    return sys_error(code, "zmq_connect", address);
  return monitor;
}

Monitor::Monitor(Monitor&& other) noexcept
    : watched_(std::exchange(other.watched_, nullptr)), reader_(std::move(other.reader_)) {}

Monitor::~Monitor() {
  if (watched_ != nullptr) ::zmq_socket_monitor(watched_, nullptr, 0);
}

void unbind(::zmq::context_t& context, Socket& socket, const std::string& endpoint) noexcept {
  ::zmq_socket_monitor(socket.handle(), nullptr, 0);
  auto monitor = Monitor::start(context, socket, ZMQ_EVENT_CLOSED);
  if (::zmq_unbind(socket.handle(), endpoint.c_str()) != 0 || !monitor) return;
  constexpr long longest_ms = 1000;
  ::zmq_pollitem_t item{monitor->reader_.handle(), 0, ZMQ_POLLIN, 0};
  ::zmq_poll(&item, 1, longest_ms);
}

// Two parts: the event's number and its value, then the endpoint.
std::optional<Monitor::Event> Monitor::next() {
  std::optional<Event> found;
  for (Message part; !found && reader_.receive(part);) {
    std::uint16_t event = 0;
    std::int32_t value = 0;
    if (part.size() == sizeof event + sizeof value) {
      std::memcpy(&event, part.data(), sizeof event);
      std::memcpy(&value, part.data() + sizeof event, sizeof value);
    }
    while (part.more() && reader_.receive(part)) {
    }
    const auto meaning = what(event);
    if (!meaning) continue;
    found = Event{*meaning, value};
    if (*meaning == What::opened) found->endpoint = as_text(part.bytes());
  }
  return found;
}

}  // namespace weft::transport::zeromq
