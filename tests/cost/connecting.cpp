// Leads zmq_bind and zmq_connect to an address inside the process (counting.hpp), and tells the monitor of a DEALER what
// libzmq tells it of connections elsewhere: that its own is ready.
#include <array>
#include <cstdint>
#include <cstring>

#include <zmq.h>

namespace {

constexpr const char* inside_address = "inproc://cost";

void* context_of_all = nullptr;
// The one DEALER, and whom its monitor hears.
void* watched = nullptr;
void* teller = nullptr;

int type_of(void* socket) {
  int type = 0;
  auto size = sizeof type;
  return ::zmq_getsockopt(socket, ZMQ_TYPE, &type, &size) == 0 ? type : -1;
}

void tell_that_it_is_ready() {
  std::array<char, 6> event{};
  const std::uint16_t ready = ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
  std::memcpy(event.data(), &ready, sizeof ready);
  ::zmq_send(teller, event.data(), event.size(), ZMQ_SNDMORE);
  ::zmq_send(teller, "", 0, 0);
}

}  // namespace

// NOLINTBEGIN: names that the linker makes
extern "C" {

void* __real_zmq_socket(void*, int);
void* __wrap_zmq_socket(void* context, int type) {
  context_of_all = context;
  return __real_zmq_socket(context, type);
}
int __real_zmq_bind(void*, const char*);
int __wrap_zmq_bind(void* socket, const char* /*endpoint*/) {
  return __real_zmq_bind(socket, inside_address);
}
int __real_zmq_connect(void*, const char*);
int __wrap_zmq_connect(void* socket, const char* endpoint) {
  const bool inside = std::strncmp(endpoint, "inproc:", 7) == 0;  // a monitor's
  const int code = __real_zmq_connect(socket, inside ? endpoint : inside_address);
  if (socket == watched) tell_that_it_is_ready();
  return code;
}
int __real_zmq_socket_monitor(void*, const char*, int);
int __wrap_zmq_socket_monitor(void* socket, const char* address, int events) {
  if (address == nullptr && socket == watched) {
    watched = nullptr;
    return ::zmq_close(teller);
  }
  if (address == nullptr || type_of(socket) != ZMQ_DEALER)
    return __real_zmq_socket_monitor(socket, address, events);
  watched = socket;
  teller = __real_zmq_socket(context_of_all, ZMQ_PAIR);
  return __real_zmq_bind(teller, address);
}
}
// NOLINTEND
