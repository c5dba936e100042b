// What the tests of ports that find each other share: a daemon, nodes whose ports do, one exchange.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include <sys/eventfd.h>

#include "discovery/server.hpp"
#include "kit.hpp"

namespace weft::test {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr int share = 10;  // a sanitizer looks at each round for longer
#else
inline constexpr int share = 1;
#endif

/// A discovery daemon on a thread of its own, in the test's runtime directory.
class Daemon final {
 public:
  explicit Daemon(std::string domain = "default") : stop_(::eventfd(0, EFD_CLOEXEC)) {
    auto server = discovery::Server::create({std::getenv("WEFT_RUNTIME_DIR"), std::move(domain)}, {}).value();
    thread_ = std::jthread([this, mine = std::move(server)] { mine->run(stop_.get()).value(); });
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() { ::eventfd_write(stop_.get(), 1); }

 private:
  Fd stop_;
  std::jthread thread_;
};

/// A node whose ports find each other.
inline Node discovering_node() {
  return make_node(make_context(true));
}

/// One message from a publisher to a subscriber that found each other.
inline void exchange_one(Publisher<Note>& publisher, Subscriber<Note>& subscriber, std::uint64_t number) {
  publisher.wait_matched(1, patience).value();
  publisher.send({number, "x"}).value();
  REQUIRE(subscriber.receive(patience).value()->number == number);
}

/// Waits for an event of that kind; a server learns of links while it takes requests, `meanwhile`.
template <class Port>
PeerEvent event_of(
    Port& port, PeerEvent::What what, const std::function<bool()>& meanwhile = [] { return false; }) {
  for (const Deadline watchdog = patience; !watchdog.has_passed(now());) {
    meanwhile();
    const auto event = port.next_event();
    if (event && event->what == what) return *event;
    if (!event) std::this_thread::yield();
  }
  FAIL("no such event");
  return {};
}

}  // namespace weft::test
