// What comes while the agent is at a sender's socket, which its program finds taken then: it is told.
#include <atomic>
#include <functional>
#include <future>

#include <zmq.h>

#include "raw.hpp"

namespace {

thread_local bool is_program = false;
std::atomic<std::function<void()>*> before_agent_sends{nullptr};

}  // namespace

// NOLINTBEGIN: names that the linker makes
extern "C" {
int __real_zmq_msg_send(zmq_msg_t* message, void* socket, int flags);
int __wrap_zmq_msg_send(zmq_msg_t* message, void* socket, int flags) {
  if (auto* act = is_program ? nullptr : before_agent_sends.exchange(nullptr)) {
    (*act)();
    int events = 0;
    auto size = sizeof events;
    zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);  // takes in what came, as sending does now and then
  }
  return __real_zmq_msg_send(message, socket, flags);
}
}
// NOLINTEND

namespace weft::zmq_test {

TEST_CASE("a reply that came while the agent sent is told to a program that could not receive meanwhile") {
  is_program = true;
  for (const auto* scheme : {"ipc", "tcp"}) {
    Bench bench(registered(scheme));
    const auto at = bench.endpoint();
    auto inbox = bench.bound(Role::inbox, at, reliable());
    auto sender = bench.connected(Role::sender, at, reliable());
    bench.until([&] { return sender->links() == 1 && inbox->links() == 1; }, {inbox.get(), sender.get()});
    for (std::uint64_t round = 1; round <= 50; ++round) {
      std::promise<void> began;
      std::promise<void> tried;
      std::function<void()> act = [&] {
        began.set_value();
        tried.get_future().wait();
      };
      REQUIRE(sender->send());
      auto request = inbox->take();
      for (; !request; request = inbox->take())
        REQUIRE(readable(inbox->end().fd()));
      sender->drain();
      before_agent_sends = &act;
      REQUIRE(sender->send_soon());
      began.get_future().wait();
      REQUIRE(inbox->reply(request->path, round));
      REQUIRE(readable(sender->end().fd()));
      CHECK_FALSE(sender->take());
      tried.set_value();
      while (!sender->take())
        REQUIRE(readable(sender->end().fd()));
      bench.until([&] { return inbox->count(What::frame) == 2 * round; }, {inbox.get()});
    }
  }
}

}  // namespace weft::zmq_test
