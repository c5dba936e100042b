// What an executor costs when nothing happens, and that a burst wakes it once and not for each message.
#include <cstdint>
#include <fstream>
#include <latch>
#include <string>

#include <sys/epoll.h>
#include <unistd.h>

#include "node/kit.hpp"
#include "run/executor.hpp"

namespace weft::test {

namespace {

/// Of this thread, how often it has asked epoll (but libzmq's own).
thread_local int waits = 0;

using namespace std::chrono_literals;

/// Calls `function` on the executor's one thread, and waits until it has run.
template <class F>
void run_there(Executor& executor, F function) {
  std::latch done(1);
  executor.post([&] {
    function();
    done.count_down();
  });
  done.wait();
}

/// Of a thread of ours: nanoseconds on a processor, nanoseconds waiting for one, and how often it got one.
std::string times(pid_t thread) {
  std::string line;
  std::getline(std::ifstream("/proc/self/task/" + std::to_string(thread) + "/schedstat"), line);
  return line;
}

}  // namespace

TEST_CASE("an executor whose ports are idle costs no processor time, whatever others do") {
  auto node = make_node();
  auto idle = node.subscriber(reliable_notes).value();
  auto silent = node.publisher(reliable_notes).value();
  idle.connect(silent.bind(bindable("ipc")).value()).value();
  silent.wait_matched(1, patience).value();
  auto executor = Executor::create({.threads = 1}).value();
  const auto on_notes = executor->on(idle, [](const Sample<Note>&) {}).value();
  const auto hourly = executor->every(1h, [] {}).value();
  pid_t thread = 0;
  run_there(*executor, [&] { thread = ::gettid(); });
  auto subscriber = node.subscriber(reliable_notes).value();
  auto publisher = node.publisher(reliable_notes).value();
  subscriber.connect(publisher.bind(bindable("ipc", "-others")).value()).value();
  publisher.wait_matched(1, patience).value();
  bool idled = false;
  std::uint64_t sent = 0;
  // Once more if something was on its way to its ports yet.
  for (const Deadline watchdog = patience; !idled && !watchdog.has_passed(now());) {
    const auto before = times(thread);
    REQUIRE_FALSE(before.empty());
    for (int i = 0; i < 1'000; ++i) {
      publisher.send({++sent, ""}, patience).value();
      REQUIRE(subscriber.receive(patience).value()->number == sent);
    }
    idled = times(thread) == before;
  }
  CHECK(idled);
}

TEST_CASE("a thousand messages that wait for an executor wake it a few times") {
  constexpr std::uint64_t count = 1'000;
  auto node = make_node();
  const auto topic =
      Topic<Note>::make("test/burst", {.reliability = Reliability::reliable, .depth = count}).value();
  auto publisher = node.publisher(topic).value();
  auto subscriber = node.subscriber(topic).value();
  subscriber.connect(publisher.bind(bindable("inproc")).value()).value();
  publisher.wait_matched(1, patience).value();
  auto executor = Executor::create({.threads = 1}).value();
  std::uint64_t last = 0;
  int waits_before = 0;
  int waits_for_all = 0;
  std::latch all(1);
  const auto on_notes = executor
                            ->on(subscriber,
                                 [&](const Sample<Note>& note) {
                                   last = note->number;
                                   if (last != count) return;
                                   waits_for_all = waits - waits_before;
                                   all.count_down();
                                 })
                            .value();
  run_there(*executor, [&] {
    for (std::uint64_t i = 1; i <= count; ++i)
      publisher.send({i, ""}, patience).value();
    waits_before = waits;
  });
  all.wait();
  CHECK(last == count);
  CHECK(waits_for_all <= 10);  // each 256 messages it looks whether others have come
}

}  // namespace weft::test

// NOLINTBEGIN: names that the linker makes
extern "C" {
int __real_epoll_wait(int, epoll_event*, int, int);
int __wrap_epoll_wait(int poll, epoll_event* events, int most, int milliseconds) {
  ++weft::test::waits;
  return __real_epoll_wait(poll, events, most, milliseconds);
}
}
// NOLINTEND
