#include "discovery/workloads.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/poll.hpp"
#include "common/process.hpp"
#include "discovery/process.hpp"
#include "discovery/watcher.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
constexpr Duration patience = 60s;
constexpr std::uint64_t most_of_a_process = 2'000;

Deadline soon() {
  return patience;
}

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Result<app::Process> start(const Bench& bench, std::vector<std::string> role) {
  std::vector<std::string> words{"perform", bench.place.directory, bench.place.daemon};
  words.insert(words.end(), role.begin(), role.end());
  return app::Process::start(app::this_program, std::move(words));
}

Result<app::Process> started(const Bench& bench, std::vector<std::string> role) {
  WEFT_TRY(auto process, start(bench, std::move(role)));
  WEFT_CHECK(process.line(bench.interrupt, soon()));
  return process;
}

/// kill -9, and its end awaited.
Result<void> kill_daemon(pid_t id) {
  WEFT_TRY(const auto process, discovery::open_pidfd(id));
  ::kill(id, SIGKILL);
  pollfd polled{process.get(), POLLIN, 0};
  ::poll(&polled, 1, -1);
  return {};
}

/// A daemon that ends with its object.
class Daemon final {
 public:
  static Result<Daemon> start(const Bench& bench) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread
    ::setenv("WEFT_RUNTIME_DIR", bench.place.directory.c_str(), 1);
    WEFT_TRY(auto starter, app::Process::start(bench.place.daemon, {"--background"}));
    WEFT_CHECK(starter.finish(bench.interrupt, soon()));
    WEFT_TRY(const auto watcher, discovery::Watcher::open(bench.place.directory, "default"));
    if (watcher.daemon_pid() > 0) return Daemon(watcher.daemon_pid());
    return Error{Errc::unsupported, "the kernel does not say who the daemon is"};
  }
  Daemon(Daemon&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  Daemon& operator=(Daemon&&) = delete;
  ~Daemon() {
    if (id_ > 0) [[maybe_unused]]
      const auto killed = kill_daemon(id_);
  }
  [[nodiscard]] pid_t id() const noexcept { return id_; }

 private:
  explicit Daemon(pid_t id) noexcept : id_(id) {}
  pid_t id_;
};

/// Seconds of processor time, and bytes of memory, of a process.
struct Usage {
  double processor_s = 0;
  double memory = 0;
};

/// Of a process of one thread, which the kernel counts in nanoseconds (schedstat).
Result<Usage> usage_of(pid_t id) {
  std::ifstream spent(fmt::format("/proc/{}/schedstat", id));
  std::ifstream pages(fmt::format("/proc/{}/statm", id));
  double processor_ns = 0;
  double size = 0;
  double resident = 0;
  if (spent >> processor_ns && pages >> size >> resident)
    return Usage{processor_ns * 1e-9, resident * double(::sysconf(_SC_PAGESIZE))};
  return Error{Errc::not_found, "the daemon has ended, or this kernel keeps no schedstat"};
}

Result<void> until_ports(discovery::Watcher& watcher, std::size_t ports) {
  const auto deadline = soon();
  for (;;) {
    WEFT_CHECK(watcher.sync(deadline));
    if (watcher.graph().ports.size() == ports) return {};
    pollfd news{watcher.fd(), POLLIN, 0};
    WEFT_TRY(const int ready, sys::poll({&news, 1}, deadline, "the daemon"));
    if (ready == 0) return Error{Errc::timeout, fmt::format("there were not {} ports in time", ports)};
  }
}

}  // namespace

Result<std::vector<double>> start_to_first(const Bench& bench, int runs) {
  WEFT_TRY(const auto daemon, Daemon::start(bench));
  WEFT_TRY(const auto publisher, started(bench, {"publish"}));
  std::vector<double> found;
  for (int run = 0; run < runs; ++run) {
    bench.progress(fmt::format("start to first message {} of {}", run + 1, runs));
    const auto begun = now();
    WEFT_TRY(auto subscriber, started(bench, {"first"}));
    found.push_back(milliseconds(now() - begun));
    WEFT_CHECK(subscriber.finish(bench.interrupt, soon()));
  }
  return found;
}

Result<std::vector<double>> nothing_to_first(const Bench& bench, int runs) {
  std::vector<double> found;
  for (int run = 0; run < runs; ++run) {
    bench.progress(fmt::format("nothing to first message {} of {}", run + 1, runs));
    const auto begun = now();
    WEFT_TRY(const auto publisher, start(bench, {"publish"}));
    WEFT_TRY(auto subscriber, started(bench, {"first"}));
    found.push_back(milliseconds(now() - begun));
    WEFT_TRY(const auto watcher, discovery::Watcher::open(bench.place.directory, "default"));
    WEFT_CHECK(subscriber.finish(bench.interrupt, soon()));
    WEFT_CHECK(kill_daemon(watcher.daemon_pid()));
  }
  return found;
}

Result<std::vector<double>> peer_start_to_first(const Bench& bench, int runs) {
  WEFT_TRY(auto publisher, app::Process::start(bench.peer, {"publish"}));
  WEFT_CHECK(publisher.line(bench.interrupt, soon()));
  std::vector<double> found;
  for (int run = 0; run < runs; ++run) {
    bench.progress(fmt::format("peer's start to first message {} of {}", run + 1, runs));
    const auto begun = now();
    WEFT_TRY(auto subscriber, app::Process::start(bench.peer, {"first"}));
    WEFT_CHECK(subscriber.line(bench.interrupt, soon()));
    found.push_back(milliseconds(now() - begun));
    WEFT_CHECK(subscriber.finish(bench.interrupt, soon()));
  }
  return found;
}

Result<std::vector<double>> death_to_news(const Bench& bench, int runs) {
  WEFT_TRY(const auto daemon, Daemon::start(bench));
  std::vector<double> found;
  for (int run = 0; run < runs; ++run) {
    bench.progress(fmt::format("kill -9 to news {} of {}", run + 1, runs));
    WEFT_TRY(auto publisher, started(bench, {"publish"}));
    WEFT_TRY(auto watcher, started(bench, {"watch"}));
    const auto killed = now();
    publisher.kill();
    WEFT_TRY(const auto line, watcher.line(bench.interrupt, soon()));
    found.push_back(milliseconds(Duration(std::stoll(line)) - killed.time_since_epoch()));
    WEFT_CHECK(watcher.finish(bench.interrupt, soon()));
  }
  return found;
}

Result<Load> daemon_with(const Bench& bench, std::uint64_t ports) {
  constexpr std::uint64_t more = 100;
  WEFT_TRY(const auto daemon, Daemon::start(bench));
  WEFT_TRY(auto watcher, discovery::Watcher::open(bench.place.directory, "default"));
  bench.progress(fmt::format("daemon with {} ports", ports));
  Load load{.ports = ports};
  const auto begun = now();
  std::vector<app::Process> first;  // a port takes a descriptor
  for (std::uint64_t begun_ports = 0; begun_ports < ports; begun_ports += most_of_a_process) {
    const auto some = std::min(ports - begun_ports, most_of_a_process);
    WEFT_TRY(auto process, start(bench, {"ports", fmt::format("{}", some)}));
    first.push_back(std::move(process));
  }
  WEFT_CHECK(until_ports(watcher, ports));
  load.announced_s = milliseconds(now() - begun) / 1000;
  WEFT_TRY(const auto before, usage_of(daemon.id()));
  for (std::uint64_t i = 1; i <= 10; ++i) {
    WEFT_TRY(auto second, start(bench, {"ports", fmt::format("{}", more)}));
    WEFT_CHECK(until_ports(watcher, ports + more));
    second.kill();
    WEFT_CHECK(until_ports(watcher, ports));
  }
  WEFT_TRY(const auto after, usage_of(daemon.id()));
  load.processor_us_a_port = (after.processor_s - before.processor_s) * 1e6 / double(10 * more);
  load.memory_mib = after.memory / double(1 << 20);
  WEFT_TRY([[maybe_unused]] const auto slept, bench.interrupt.wait(-1, Duration(1s)));
  WEFT_TRY(const auto idle, usage_of(daemon.id()));
  load.idle_processor_ms = (idle.processor_s - after.processor_s) * 1000;
  return load;
}

}  // namespace weft::perf
