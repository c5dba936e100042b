// An executor: callbacks on its threads, a port on one at a time, none lost and none after its end.
#include "run/executor.hpp"

#include <barrier>
#include <latch>
#include <thread>

#include <sys/eventfd.h>
#include <unistd.h>

#include "node/kit.hpp"

namespace weft::test {

namespace {

/// Something that others wait for, under a watchdog.
class Signal {
 public:
  void set() {
    set_ = true;
    set_.notify_all();
  }
  [[nodiscard]] bool is_set() const { return set_; }
  bool wait() const {
    for (const Deadline watchdog = patience; !set_;) {
      if (watchdog.has_passed(now())) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  std::atomic<bool> set_{false};
};

Fd event(unsigned count) {
  return Fd(::eventfd(count, EFD_CLOEXEC | EFD_NONBLOCK));
}

}  // namespace

TEST_CASE("a callback gets every message, each in its order, on one thread at a time") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr std::uint64_t count = 2'000;
  auto node = make_node();
  auto publisher = node.publisher(reliable_notes).value();
  auto subscriber = node.subscriber(reliable_notes).value();
  subscriber.connect(publisher.bind(bindable(scheme)).value()).value();
  publisher.wait_matched(1, patience).value();
  auto executor = Executor::create({.threads = 3}).value();
  std::atomic<int> inside{0};
  std::atomic<bool> in_order{true};
  std::uint64_t last = 0;
  Signal all;
  auto callback = executor
                      ->on(subscriber,
                           [&](const Sample<Note>& note) {
                             in_order = in_order && inside++ == 0 && note->number == ++last;
                             if (last == count) all.set();
                             --inside;
                           })
                      .value();
  for (std::uint64_t i = 1; i <= count; ++i)
    publisher.send({i, ""}, patience).value();
  CHECK(all.wait());
  CHECK(in_order);
}

TEST_CASE("an executor answers calls") {
  auto node = make_node();
  auto server = node.serve(echo, [](const Question& q) { return Question{q.number + 1}; }).value();
  auto client = node.client(echo).value();
  client.connect(server.bind("inproc://executor").value()).value();
  auto executor = Executor::create().value();
  auto serving = executor->on(server).value();
  CHECK(client.call({41}, patience).wait().value()->number == 42);
}

TEST_CASE("a slow callback delays no other while a thread is free") {
  auto executor = Executor::create({.threads = 2}).value();
  Signal begun;
  Signal over;
  executor->post([&] {
    begun.set();
    over.wait();
  });
  REQUIRE(begun.wait());
  for (int i = 0; i < 100; ++i) {
    Signal done;
    executor->post([&] { done.set(); });
    REQUIRE(done.wait());
  }
  over.set();
}

TEST_CASE("a slow callback that has more to do leaves its thread to others first") {
  auto node = make_node();
  auto publisher = node.publisher(reliable_notes).value();
  auto subscriber = node.subscriber(reliable_notes).value();
  subscriber.connect(publisher.bind(bindable("inproc")).value()).value();
  for (std::uint64_t i = 1; i <= 5; ++i)
    publisher.send({i, ""}, patience).value();
  auto executor = Executor::create().value();
  std::string order;
  Signal all;
  auto slow = executor
                  ->on(subscriber,
                       [&](const Sample<Note>& note) {
                         order += 's';
                         if (note->number == 1) executor->post([&] { order += 'o'; });
                         for (const auto begun = coarse_now(); coarse_now() == begun;) {
                         }
                         if (note->number == 5) all.set();
                       })
                  .value();
  REQUIRE(all.wait());
  CHECK(order == "sossss");
}

TEST_CASE("of those that are ready at the same time, the highest priority goes first") {
  auto executor = Executor::create().value();
  const auto low = event(1);
  const auto normal = event(1);
  const auto high = event(1);
  std::string order;
  Signal done;
  Executor::Callback first;
  Executor::Callback second;
  Executor::Callback third;
  const auto read = [](const Fd& fd) {
    eventfd_t ignored = 0;
    ::eventfd_read(fd.get(), &ignored);
  };
  // All become ready while the only thread is busy.
  Signal busy;
  Signal go_on;
  executor->post([&] {
    busy.set();
    go_on.wait();
  });
  REQUIRE(busy.wait());
  first = executor
              ->on_readable(
                  low.get(),
                  [&] {
                    read(low);
                    order += 'l';
                    done.set();
                  },
                  Priority::low)
              .value();
  second = executor
               ->on_readable(normal.get(),
                             [&] {
                               read(normal);
                               order += 'n';
                             })
               .value();
  third = executor
              ->on_readable(
                  high.get(),
                  [&] {
                    read(high);
                    order += 'h';
                  },
                  Priority::high)
              .value();
  go_on.set();
  REQUIRE(done.wait());
  CHECK(order == "hnl");
}

TEST_CASE("a beat is counted without drift, and one that comes after a delay comes once") {
  auto executor = Executor::create().value();
  const auto begun = now();
  constexpr auto period = 1ms;
  std::atomic<std::uint64_t> beats{0};
  Signal enough;
  auto beat = executor
                  ->every(period,
                          [&](std::uint64_t more) {
                            beats += more;
                            if (beats >= 20) enough.set();
                          })
                  .value();
  REQUIRE(enough.wait());
  CHECK(std::int64_t(beats) * period <= now() - begun);

  std::atomic<int> times{0};
  Signal after_it;
  auto once = executor->after(1us, [&] { ++times; }).value();
  auto later = executor->after(2ms, [&] { after_it.set(); }).value();
  REQUIRE(after_it.wait());
  CHECK(times == 1);
}

TEST_CASE("what a callback throws goes to the program, and the callback is called again") {
  std::vector<std::string> thrown;
  Signal done;
  auto executor = Executor::create({.on_exception = [&](const std::exception_ptr& exception) {
                    try {
                      std::rethrow_exception(exception);
                    } catch (const std::runtime_error& error) {
                      thrown.emplace_back(error.what());
                    }
                    if (thrown.size() == 3) done.set();
                  }}).value();
  int times = 0;
  executor->post([] { throw std::runtime_error("posted"); });
  auto beat = executor
                  ->every(1ms,
                          [&] {
                            if (++times <= 2) throw std::runtime_error(std::to_string(times));
                          })
                  .value();
  REQUIRE(done.wait());
  CHECK(thrown == std::vector<std::string>{"posted", "1", "2"});
}

TEST_CASE("a callback whose object has gone does not run any more") {
  constexpr int rounds = 2'000;
  auto executor = Executor::create({.threads = 2}).value();
  const auto always = event(1);  // readable for ever
  for (int round = 0; round < rounds; ++round) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    {
      auto callback = executor->on_readable(always.get(), [&counter = *alive] { ++counter; }).value();
      for (const Deadline watchdog = patience; *alive == 0 && round % 2 == 0;)
        REQUIRE_FALSE(watchdog.has_passed(now()));
    }
    alive.reset();  // a sanitizer sees who comes too late
  }
}

TEST_CASE("one callback waits for a descriptor, and a second is refused until that has ended") {
  auto executor = Executor::create().value();
  const auto always = event(1);
  Signal called;
  auto first = executor->on_readable(always.get(), [&] { called.set(); }).value();
  REQUIRE(called.wait());
  for (int i = 0; i < 1000; ++i)  // while it waits, and while it runs
    REQUIRE(executor->on_readable(always.get(), [] {}).error().code == Errc::in_use);
  first = {};
  CHECK(executor->on_readable(always.get(), [] {}));
}

TEST_CASE("a callback may end itself") {
  auto executor = Executor::create().value();
  const auto always = event(1);
  Executor::Callback own;
  std::atomic<int> times{0};
  Signal ended;
  Signal is_kept;
  own = executor
            ->on_readable(always.get(),
                          [&] {
                            is_kept.wait();
                            ++times;
                            own = {};
                            ended.set();
                          })
            .value();
  is_kept.set();
  REQUIRE(ended.wait());
  Signal later;
  executor->post([&] { later.set(); });
  REQUIRE(later.wait());
  CHECK(times == 1);
}

TEST_CASE("stop within a callback: what runs ends, nothing begins any more, and wait() comes back") {
  auto executor = Executor::create({.threads = 3}).value();
  const auto always = event(1);
  std::atomic<int> calls{0};
  auto callback = executor
                      ->on_readable(always.get(),
                                    [&] {
                                      if (++calls == 10) executor->stop();
                                    })
                      .value();
  executor->wait();
  CHECK(calls == 10);
  executor->post([&] { ++calls; });
  executor->stop();
  executor->wait();
  CHECK(calls == 10);
}

TEST_CASE("an executor stops, whatever it was just doing") {
  for (int round = 0; round < 500; ++round) {
    auto executor = Executor::create({.threads = 1 + unsigned(round) % 3}).value();
    std::vector<Executor::Callback> callbacks;
    const auto always = event(1);
    if (round % 2 == 0) callbacks.push_back(executor->on_readable(always.get(), [] {}).value());
    executor->post([] {});
    std::jthread stopping([&] { executor->stop(); });
    executor->wait();
  }
}

TEST_CASE("posted functions run, all of them, on several threads at once") {
  constexpr int count = 10'000;
  auto executor = Executor::create({.threads = 2}).value();
  std::atomic<int> ran{0};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < count; ++i)
        executor->post([&] { ++ran; });
    });
  }
  threads.clear();
  for (const Deadline watchdog = patience; ran < 2 * count; std::this_thread::yield())
    REQUIRE_FALSE(watchdog.has_passed(now()));
}

TEST_CASE("an executor has from 1 to 1024 threads") {
  CHECK(Executor::create({.threads = 0}).error().code == Errc::invalid_argument);
  CHECK(Executor::create({.threads = 1025}).error().code == Errc::invalid_argument);
}

}  // namespace weft::test
