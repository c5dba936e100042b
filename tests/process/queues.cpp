#include <csignal>
#include <cstdlib>
#include <random>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include "base/sys.hpp"
#include "peer.hpp"

namespace weft::process {

namespace {

using namespace std::chrono_literals;

constexpr auto look_again = 20ms;

/// One item: whose (the producer's run), its number from 1, its key, whether it kills who does it, and something to carry.
struct Job {
  std::uint64_t run = 0;
  std::uint64_t number = 0;
  std::string key;
  bool deadly = false;
  Bytes load;
  WEFT_MESSAGE("process/Job", run, number, key, deadly, load)
};

Queue<Job> queue_of(const Options& options) {
  auto qos = qos_of(options);
  qos.reliability = Reliability::reliable;
  return Queue<Job>::make("process/jobs", qos).value();
}

Json to_json(const QueueCounters& counters) {
  return {{"pushed", counters.pushed}, {"done", counters.done},       {"dead", counters.dead},
          {"lost", counters.lost},     {"refused", counters.refused}, {"redelivered", counters.redelivered}};
}

class ProducerPeer final {
 public:
  ProducerPeer(Producer<Job> producer, const Options& options)
      : producer_(std::move(producer)),
        deadly_(options.number("deadly", 0)),
        keys_(options.number("keys", 4)) {
    job_.run = options.number("run", 1);
    job_.load.resize(options.number("size", 64));
    if (found(options)) return;
    std::istringstream places(options.text("endpoint"));
    for (std::string place; std::getline(places, place, ',');)
      producer_.connect(place).value();
  }

  void run() {
    for (;;) {
      const bool busy = job_.number < target_;
      const bool pushed = busy && push(look_again);
      const bool look = !pushed || job_.number % 16 == 0;
      const auto command = look ? commands_.next(busy ? Duration::zero() : Duration::max()) : std::nullopt;
      if (command && command->verb == "close") return;
      if (command) obey(*command);
    }
  }

 private:
  /// The next job. Each third has a key, and each fifth comes before the others.
  bool push(Deadline deadline) {
    ++job_.number;
    job_.key = keys_ != 0 && job_.number % 3 == 0 ? fmt::format("k{}", job_.number % keys_) : "";
    job_.deadly = deadly_ != 0 && job_.number % deadly_ == 0;
    const auto priority = std::uint8_t(job_.number % 5 == 0 ? 1 : 0);
    const auto pushed = producer_.push(job_, {.key = job_.key, .priority = priority}, deadline);
    if (pushed) return true;
    if (pushed.error().code != Errc::timeout) throw std::runtime_error(pushed.error().message);
    refusal_ = pushed.error().message;
    --job_.number;
    return false;
  }

  void obey(const Command& command) {
    if (command.verb == "push") target_ = job_.number + command.number;
    if (command.verb == "stop") {
      target_ = job_.number;
      tell("pushed", {{"number", target_}});
    }
    if (command.verb == "match") {
      producer_.wait_matched(std::uint32_t(command.number), Deadline::none()).value();
      tell("matched");
    }
    if (command.verb == "open") drain(command.number);
    if (command.verb == "overfill") overfill(command.number);
  }

  /// Pushes what the commands before asked for, and then waits.
  void drain(std::uint64_t open) {
    while (job_.number < target_)
      push(Deadline::none());
    for (;;) {
      const auto counters = producer_.counters();
      if (counters.pushed - counters.done - counters.dead - counters.lost <= open)
        return tell("open", to_json(counters));
      [[maybe_unused]] const auto flushed = producer_.flush(look_again);
    }
  }

  void overfill(std::uint64_t tries) {
    for (std::uint64_t i = 0; i < tries; ++i) {
      if (push(i == 0 ? look_again : Duration::zero())) throw std::runtime_error("there was room");
    }
    auto counters = to_json(producer_.counters());
    counters["message"] = refusal_;
    tell("full", counters);
  }

  Producer<Job> producer_;
  Commands commands_;
  const std::uint64_t deadly_, keys_;
  Job job_;
  std::uint64_t target_ = 0;
  std::string refusal_;
};

/// Readable at SIGTERM, which does nothing else from then on, and whenever `other` is.
class Terminations final {
 public:
  explicit Terminations(int other) {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal_ =
        sys::open("signalfd", "SIGTERM", [&] { return ::signalfd(-1, &signals, SFD_NONBLOCK); }).value();
    both_ = sys::open("epoll_create1", "SIGTERM", [] { return ::epoll_create1(0); }).value();
    for (const int fd : {signal_.get(), other}) {
      epoll_event event{EPOLLIN, {.fd = fd}};
      sys::call("epoll_ctl", "SIGTERM", [&] {
        return ::epoll_ctl(both_.get(), EPOLL_CTL_ADD, fd, &event);
      }).value();
    }
  }
  [[nodiscard]] int fd() const noexcept { return both_.get(); }
  [[nodiscard]] bool any() const {
    signalfd_siginfo info;
    return ::read(signal_.get(), &info, sizeof info) == sizeof info;
  }

 private:
  Fd signal_, both_;
};

class WorkerPeer final {
 public:
  WorkerPeer(Worker<Job> worker, const Options& options)
      : worker_(std::move(worker)),
        journal_(sys::open(
                     "open", options.text("journal"),
                     [&] { return ::open(options.text("journal").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC); })
                     .value()),
        terminations_(worker_.fd().value()),
        refused_of_hundred_(options.number("refuse", 0)),
        random_(options.number("seed", 0)) {
    tell("bound", {{"endpoint", place_of(worker_, options)}});
  }

  void run() {
    for (;;) {
      auto item = worker_.try_receive();
      if (item) work(*item);
      const bool look = !item || done_ % 16 == 0;
      const auto command =
          look ? commands_.next(item ? Duration::zero() : Duration::max(), terminations_.fd()) : std::nullopt;
      if ((command && command->verb == "close") || terminations_.any()) return;
      if (command && command->verb == "at") at_ = done_ + command->number;
    }
  }

 private:
  void work(weft::Item<Job>& item) {
    if (item->deadly) die(item->number);
    if (item.attempt() == 1 && random_() % 100 < refused_of_hundred_)
      return item.refuse(std::chrono::milliseconds(random_() % 4));
    const auto line = fmt::format("{} {} {} {}\n", item->run, item->number,
                                  item->key.empty() ? "-" : item->key, item.attempt());
    sys::call("write", "journal", [&] { return ::write(journal_.get(), line.data(), line.size()); }).value();
    item.done();
    if (++done_ == at_) tell("at");
  }

  [[noreturn]] static void die(std::uint64_t number) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    if (number % 2 == 0) ::raise(SIGKILL);
    std::abort();
  }

  Worker<Job> worker_;
  Commands commands_;
  const Fd journal_;
  const Terminations terminations_;
  const std::uint64_t refused_of_hundred_;
  std::mt19937_64 random_;
  std::uint64_t done_ = 0, at_ = 0;
};

}  // namespace

int produce(const Node& node, const Options& options) {
  ProducerPeer(node.producer(queue_of(options)).value(), options).run();
  return 0;
}

int work(const Node& node, const Options& options) {
  WorkerPeer(node.worker(queue_of(options)).value(), options).run();
  return 0;
}

int mourn(const Node& node, const Options& options) {
  const auto topic = Topic<Job>::make("process/jobs/dead", queue_of(options).qos()).value();
  auto subscriber = node.subscriber(topic).value();
  Commands commands;
  const int fd = subscriber.fd().value();
  for (;;) {
    while (const auto dead = subscriber.try_receive())
      tell("dead", {{"run", (*dead)->run}, {"number", (*dead)->number}});
    const auto command = commands.next(Duration::max(), fd);
    if (command && command->verb == "close") return 0;
    if (!command) continue;
    subscriber.wait_matched(std::uint32_t(command->number), Deadline::none()).value();
    tell("matched");
  }
}

}  // namespace weft::process
