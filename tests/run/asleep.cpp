// Ports that send find nothing that came meanwhile asleep: clients, servers, workers and producers, each at both ends of a
// wait, thousands of times. A wake-up that is lost leaves both waiting.
#include <array>
#include <atomic>
#include <csignal>
#include <optional>
#include <thread>

#include <poll.h>

#include "node/kit.hpp"
#include "run/wait_set.hpp"

namespace {

thread_local int pauses = 0;  // waits so short that they are no waits, but looks again and again

}  // namespace

// NOLINTBEGIN: names that the linker makes
extern "C" {
int __real_ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* signals);
int __wrap_ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* signals) {
  constexpr long pause = 10'000'000;
  if (timeout != nullptr && timeout->tv_sec == 0 && timeout->tv_nsec < pause) ++pauses;
  return __real_ppoll(fds, count, timeout, signals);
}
}
// NOLINTEND

namespace weft::test {

namespace {

constexpr std::uint64_t rounds = 5'000;

bool is_readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, int(patience / 1ms)) == 1;
}

/// One who takes one thing at a time, whenever its wait set reports something.
template <class Port, class Take>
std::jthread taking(Port& port, std::atomic<bool>& asleep, Take take) {
  return std::jthread([&port, &asleep, take](const std::stop_token& stop) {
    auto set = WaitSet::create().value();
    set.add(port, 1).value();
    const std::stop_callback wake(stop, [&] { set.wake(); });
    while (!stop.stop_requested()) {
      const auto ready = set.wait(patience).value();
      if (ready.empty() && !stop.stop_requested()) asleep = true;
      if (!ready.empty()) take();
    }
  });
}

}  // namespace

TEST_CASE("no request finds a server that sleeps on, and no reply its client") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto node = make_node();
  auto server = node.serve(echo, [](const Question& q) { return q; }).value();
  auto client = node.client(echo).value();
  client.connect(server.bind(bindable(scheme)).value()).value();
  std::atomic<bool> asleep{false};
  const auto serving = taking(server, asleep, [&] { server.try_serve(); });
  const int fd = client.fd().value();
  std::array<std::optional<Call<Question>>, 4> calls;
  std::uint64_t begun = 0;
  for (std::uint64_t done = 0; done < rounds;) {
    for (auto& call : calls) {
      if (!call && begun < rounds) call.emplace(client.call({++begun}, patience));
    }
    REQUIRE(is_readable(fd));
    for (auto& call : calls) {
      if (!call) continue;
      const auto outcome = call->try_take();
      if (!outcome) continue;
      REQUIRE(*outcome);
      call.reset();
      ++done;
    }
  }
  CHECK_FALSE(asleep);
}

TEST_CASE("no item finds a worker that sleeps on, and no receipt its producer") {
  const auto scheme = GENERATE(from_range(schemes()));
  const auto reliability = GENERATE(Reliability::best_effort, Reliability::reliable);
  const auto depth = GENERATE(3U, 3000U);  // of so many most travel together
  CAPTURE(scheme, reliability, depth);
  const auto queue = Queue<Note>::make("test/jobs", {.reliability = reliability, .depth = depth}).value();
  auto node = make_node();
  auto worker = node.worker(queue).value();
  auto producer = node.producer(queue).value();
  producer.connect(worker.bind(bindable(scheme)).value()).value();
  std::atomic<bool> asleep{false};
  const auto working = taking(worker, asleep, [&] {
    if (auto item = worker.try_receive()) item->done();
  });
  producer.wait_matched(1, patience).value();
  pauses = 0;
  const std::uint64_t burst = depth == 3 ? rounds / 10 : 1500;
  for (std::uint64_t i = 1; i <= 20 * burst; ++i) {
    if (!producer.push({i, ""}, patience)) FAIL("pushed in vain");
    if (i % burst == 0) REQUIRE(producer.flush(patience));
  }
  CHECK(pauses == 0);
  CHECK_FALSE(asleep);
}

}  // namespace weft::test
