// weft-loop-coroutine: a coroutine on a program's own poll loop, behind weft::Reactor.
#include <algorithm>
#include <vector>

#include <poll.h>

#include "base/poll.hpp"
#include "examples/loops/ticks.hpp"
#include "run/spawn.hpp"

namespace {

using namespace weft;

/// A loop of one thread, on which all of it is called.
class PollLoop final : public Reactor {
 public:
  Result<void> await_readable(int fd, Waiter& waiter) override {
    waiting_.push_back({fd, &waiter});
    return {};
  }
  bool cancel(int fd, Waiter& waiter) override {
    return std::erase_if(waiting_,
                         [&](const Entry& entry) { return entry.fd == fd && entry.waiter == &waiter; }) != 0;
  }
  void post(Waiter& waiter) override { woken_.push_back(&waiter); }

  /// Until nobody waits; when that descriptor becomes readable, calls `stop`.
  template <class F>
  Result<void> run(int stop_fd, F stop) {
    while (!woken_.empty() || !waiting_.empty()) {
      if (woken_.empty()) {
        WEFT_TRY(const bool asked, wait(stop_fd));
        if (asked) {
          stop();
          stop_fd = -1;  // once
        }
      }
      for (auto* waiter : std::exchange(woken_, {}))
        waiter->wake(Woken::ready);
    }
    return {};
  }

 private:
  struct Entry {
    int fd;
    Waiter* waiter;
  };

  /// Moves those whose descriptors are readable to those that are to be woken. Whether `stop_fd` is.
  Result<bool> wait(int stop_fd) {
    std::vector<pollfd> polled{{stop_fd, POLLIN, 0}};
    for (const auto& entry : waiting_)
      polled.push_back({entry.fd, POLLIN, 0});
    WEFT_CHECK(sys::poll(polled, Deadline::none(), "the loop"));
    auto is_ready = polled.cbegin();
    const bool stops = is_ready->revents != 0;
    std::erase_if(waiting_, [&](const Entry& entry) {
      const bool ready = (++is_ready)->revents != 0;
      if (ready) woken_.push_back(entry.waiter);
      return ready;
    });
    return stops;
  }

  std::vector<Entry> waiting_;
  std::vector<Waiter*> woken_;
};

Task<> count(loops::Counter& counter, Result<void>& done) {
  while (done) {
    const auto tick = co_await counter.subscriber().next();
    if (!tick) co_return;  // asked to stop
    done = counter.count();
  }
}

Result<void> loop(loops::Program program) {
  PollLoop poll_loop;
  std::stop_source stop;
  Result<void> done;
  spawn(poll_loop, count(program.counter, done), stop.get_token());
  WEFT_CHECK(poll_loop.run(program.interrupt.fd(), [&] { stop.request_stop(); }));
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  return loops::run({"weft-loop-coroutine", "counts messages in a coroutine, on a poll loop of its own"},
                    loop, argc, argv);
}
