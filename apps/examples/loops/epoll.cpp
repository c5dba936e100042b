// weft-loop-epoll: a port in an epoll loop of one's own, level-triggered.
#include <array>

#include <sys/epoll.h>

#include "base/sys.hpp"
#include "examples/loops/ticks.hpp"

namespace {

using namespace weft;

Result<void> add(const Fd& epoll, int fd) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  WEFT_CHECK(
      sys::call("epoll_ctl", "a port", [&] { return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event); }));
  return {};
}

Result<void> loop(loops::Program program) {
  WEFT_TRY(const auto epoll,
           sys::open("epoll_create1", "the loop", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_TRY(const int port, program.counter.fd());
  WEFT_CHECK(add(epoll, port));
  WEFT_CHECK(add(epoll, program.interrupt.fd()));
  for (;;) {
    std::array<epoll_event, 8> events{};
    WEFT_TRY(const int ready, sys::call("epoll_wait", "the loop", [&] {
               return ::epoll_wait(epoll.get(), events.data(), int(events.size()), -1);
             }));
    for (int i = 0; i < ready; ++i) {
      if (events[std::size_t(i)].data.fd != port) return {};  // Ctrl-C
      WEFT_CHECK(program.counter.take_some());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  return loops::run({"weft-loop-epoll", "counts messages in an epoll loop"}, loop, argc, argv);
}
