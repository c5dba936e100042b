#include "base/agent.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/sys.hpp"

using namespace weft;
using namespace std::chrono_literals;

namespace {

constexpr auto watchdog = 20s;

std::unique_ptr<Agent> started() {
  return std::move(Agent::start()).value();
}

Fd event() {
  return Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

void signal(const Fd& fd) {
  const std::uint64_t one = 1;
  REQUIRE(::write(fd.get(), &one, sizeof one) == sizeof one);
}

void clear(const Fd& fd) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto bytes = ::read(fd.get(), &count, sizeof count);
}

/// Waits until the agent has gone round at least once more.
void let_run(Agent& agent) {
  std::promise<void> ran;
  const auto fd = event();
  signal(fd);
  const auto watch = agent.watch(fd.get(), [&] {
    clear(fd);
    ran.set_value();
  });
  REQUIRE(watch);
  REQUIRE(ran.get_future().wait_for(watchdog) == std::future_status::ready);
}

}  // namespace

TEST_CASE("a task runs when its descriptor becomes readable, on the agent's thread") {
  const auto agent = started();
  const auto fd = event();
  std::promise<std::thread::id> ran;
  const auto watch = agent->watch(fd.get(), [&] {
    clear(fd);
    ran.set_value(std::this_thread::get_id());
  });
  REQUIRE(watch);
  signal(fd);
  auto where = ran.get_future();
  REQUIRE(where.wait_for(watchdog) == std::future_status::ready);
  CHECK(where.get() != std::this_thread::get_id());
}

TEST_CASE("a task runs again while its descriptor stays readable") {
  const auto agent = started();
  const auto fd = event();
  std::promise<void> thrice;
  int runs = 0;
  const auto watch = agent->watch(fd.get(), [&] {
    if (++runs < 3) return;
    clear(fd);
    thrice.set_value();
  });
  REQUIRE(watch);
  signal(fd);
  CHECK(thrice.get_future().wait_for(watchdog) == std::future_status::ready);
}

TEST_CASE("a timer runs again and again") {
  const auto agent = started();
  std::promise<void> thrice;
  int runs = 0;
  const auto watch = agent->every(1ms, [&] {
    if (++runs == 3) thrice.set_value();
  });
  REQUIRE(watch);
  CHECK(thrice.get_future().wait_for(watchdog) == std::future_status::ready);
}

TEST_CASE("what is to run once runs once, and once more when it is enabled again") {
  const auto agent = started();
  std::atomic<int> runs{0};
  std::promise<void> first;
  std::promise<void> second;
  auto watch = agent->after(1ms, [&] { (++runs == 1 ? first : second).set_value(); });
  REQUIRE(watch);
  REQUIRE(first.get_future().wait_for(watchdog) == std::future_status::ready);
  std::promise<void> later;
  const auto timer = agent->after(20ms, [&] { later.set_value(); });
  REQUIRE(later.get_future().wait_for(watchdog) == std::future_status::ready);
  CHECK(runs == 1);
  watch->enable(true);
  CHECK(second.get_future().wait_for(watchdog) == std::future_status::ready);
}

TEST_CASE("a task runs for a writable descriptor only while that is asked for") {
  const auto agent = started();
  const auto fd = event();  // is writable always
  std::atomic<int> runs{0};
  std::promise<void> ran;
  Agent::Watch watch;
  std::promise<void> ready;
  auto may_run = ready.get_future().share();
  watch = std::move(agent->watch(fd.get(), [&, may_run] {
            may_run.wait();
            watch.watch_writable(false);
            if (++runs == 1) ran.set_value();
          })).value();
  ready.set_value();
  let_run(*agent);
  CHECK(runs == 0);
  watch.watch_writable(true);
  REQUIRE(ran.get_future().wait_for(watchdog) == std::future_status::ready);
  let_run(*agent);
  CHECK(runs == 1);
}

TEST_CASE("a disabled watch does not run, and does once it is enabled") {
  const auto agent = started();
  const auto fd = event();
  std::atomic<bool> enabled{false};
  std::atomic<bool> wrong{false};
  std::promise<void> ran;
  auto watch = agent->watch(fd.get(), [&] {
    clear(fd);
    if (!enabled) wrong = true;
    ran.set_value();
  });
  REQUIRE(watch);
  watch->enable(false);
  signal(fd);
  let_run(*agent);
  enabled = true;
  watch->enable(true);
  CHECK(ran.get_future().wait_for(watchdog) == std::future_status::ready);
  CHECK_FALSE(wrong);
}

TEST_CASE("after a watch was dropped its task does not run and is not running") {
  const auto agent = started();
  for (int i = 0; i < 200; ++i) {
    const auto fd = event();
    std::atomic<bool> inside{false};
    {
      const auto watch = agent->watch(fd.get(), [&] {
        inside = true;
        std::this_thread::yield();
        inside = false;
      });
      REQUIRE(watch);
      signal(fd);
      if (i % 2 == 0) std::this_thread::yield();
    }
    REQUIRE_FALSE(inside);
  }
}

TEST_CASE("a task may end its own watch") {
  const auto agent = started();
  const auto fd = event();
  Agent::Watch watch;
  std::promise<void> ready;
  std::promise<void> ran;
  auto may_run = ready.get_future().share();
  watch = std::move(agent->watch(fd.get(), [&, may_run] {
            may_run.wait();
            watch = Agent::Watch();
            ran.set_value();
          })).value();
  ready.set_value();
  signal(fd);  // and never cleared: a second run would throw
  REQUIRE(ran.get_future().wait_for(watchdog) == std::future_status::ready);
  let_run(*agent);
}

TEST_CASE("an agent takes no signals that are meant for the program") {
  const auto agent = started();
  std::promise<bool> all_blocked;
  const auto fd = event();
  const auto watch = agent->watch(fd.get(), [&] {
    clear(fd);
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    all_blocked.set_value(sigismember(&blocked, SIGINT) == 1 && sigismember(&blocked, SIGTERM) == 1);
  });
  REQUIRE(watch);
  signal(fd);
  CHECK(all_blocked.get_future().get());
}

TEST_CASE("watching what is no descriptor is an error") {
  const auto agent = started();
  CHECK_FALSE(agent->watch(999'999, [] {}));
}
