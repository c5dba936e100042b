// weft-loop-zmq: a port in zmq_poll, beside a raw ZeroMQ socket.
#include <array>
#include <cerrno>
#include <memory>

#include <fmt/format.h>
#include <zmq.h>

#include "common/output.hpp"
#include "examples/loops/ticks.hpp"

namespace {

using namespace weft;

struct Ending {
  void operator()(void* context) const { ::zmq_ctx_term(context); }
};
struct Closing {
  void operator()(void* socket) const { ::zmq_close(socket); }
};

Error failure(std::string_view what) {
  return {Errc::internal, fmt::format("{}: {}", what, ::zmq_strerror(::zmq_errno()))};
}

/// All that there is, and says how many there were in all. False: nothing.
Result<void> take_raw(void* socket, std::uint64_t& taken) {
  while (::zmq_recv(socket, nullptr, 0, ZMQ_DONTWAIT) >= 0)
    ++taken;
  if (::zmq_errno() != EAGAIN) return failure("zmq_recv");
  return app::print(fmt::format("{} raw\n", taken));
}

Result<void> loop(loops::Program program) {
  const std::unique_ptr<void, Ending> context(::zmq_ctx_new());
  const std::unique_ptr<void, Closing> socket(::zmq_socket(context.get(), ZMQ_PULL));
  if (!socket) return failure("zmq_socket");
  if (::zmq_bind(socket.get(), program.argument.c_str()) != 0) return failure("zmq_bind " + program.argument);
  WEFT_TRY(const int port, program.counter.fd());
  std::array<zmq_pollitem_t, 3> items{{{socket.get(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, port, ZMQ_POLLIN, 0},
                                       {nullptr, program.interrupt.fd(), ZMQ_POLLIN, 0}}};
  for (std::uint64_t raw = 0; items[2].revents == 0;) {
    if (::zmq_poll(items.data(), int(items.size()), -1) < 0 && ::zmq_errno() != EINTR)
      return failure("zmq_poll");
    if (items[0].revents != 0) WEFT_CHECK(take_raw(socket.get(), raw));
    if (items[1].revents != 0) WEFT_CHECK(program.counter.take_some());
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  return loops::run(
      {"weft-loop-zmq", "counts messages in zmq_poll, beside those of a PULL socket", "ENDPOINT"}, loop, argc,
      argv);
}
