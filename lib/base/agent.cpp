#include "base/agent.hpp"

#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/poll.hpp"
#include "base/sys.hpp"
#include "base/thread.hpp"

namespace weft {

namespace {

constexpr std::uint64_t wake_id = 0;  // the eventfd's place among the ids of tasks

}  // namespace

/// Everything below the mutex is guarded by it; a task runs without it.
struct Agent::State {
  struct Entry {
    std::shared_ptr<const Task> task;  // shared, so that a task may end its own watch
    int fd = -1;
    Duration period{};  // of a timer, that is where fd is -1
    Instant due;
    bool enabled = true;
    bool writable = false;  // of a descriptor: watched for that, too
    bool once = false;      // of a timer
  };

  Fd epoll;
  Fd wake;
  std::thread thread;

  std::mutex mutex;
  std::condition_variable finished;  // a task
  std::map<std::uint64_t, Entry> entries;
  std::uint64_t last_id = wake_id;
  std::uint64_t running = wake_id;  // the id of the task that runs now
  bool stop = false;

  void run();
  void run_enabled(std::unique_lock<std::mutex>& lock, std::uint64_t id);
  void run_task(std::unique_lock<std::mutex>& lock, std::uint64_t id, std::shared_ptr<const Task> task);
  void run_timers(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] Deadline next_timer() const;
  Result<std::uint64_t> add(Entry entry);
  void remove(std::uint64_t id);
  void enable(std::uint64_t id, bool on);
  void watch_writable(std::uint64_t id, bool on);
  Result<void> listen(std::uint64_t id, const Entry& entry, int operation) const;
  void interrupt() const noexcept;
};

void Agent::State::run() {
  std::array<epoll_event, 32> events{};
  std::unique_lock lock(mutex);
  while (!stop) {
    const auto deadline = next_timer();
    lock.unlock();
    // epoll_wait would count in milliseconds; epoll_pwait2 is younger than some kernels that containers run on.
    pollfd polled{epoll.get(), POLLIN, 0};
    [[maybe_unused]] const auto ready = sys::poll({&polled, 1}, deadline, "the agent");
    const int count = ::epoll_wait(epoll.get(), events.data(), int(events.size()), 0);
    lock.lock();
    for (int i = 0; i < count && !stop; ++i) {
      const auto id = events[std::size_t(i)].data.u64;
      if (id != wake_id) {
        run_enabled(lock, id);
      } else {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto bytes = ::read(wake.get(), &ignored, sizeof ignored);
      }
    }
    run_timers(lock);
  }
}

void Agent::State::run_enabled(std::unique_lock<std::mutex>& lock, std::uint64_t id) {
  const auto found = entries.find(id);
  if (found != entries.end() && found->second.enabled) run_task(lock, id, found->second.task);
}

void Agent::State::run_task(std::unique_lock<std::mutex>& lock, std::uint64_t id,
                            std::shared_ptr<const Task> task) {
  running = id;
  lock.unlock();
  (*task)();
  task.reset();
  lock.lock();
  running = wake_id;
  finished.notify_all();
}

void Agent::State::run_timers(std::unique_lock<std::mutex>& lock) {
  const auto time = now();
  std::uint64_t id = wake_id;
  for (auto next = entries.upper_bound(id); next != entries.end() && !stop; next = entries.upper_bound(id)) {
    id = next->first;
    auto& entry = next->second;
    if (entry.fd >= 0 || !entry.enabled || entry.due > time) continue;
    entry.due = time + entry.period;
    entry.enabled = !entry.once;
    run_task(lock, id, entry.task);
  }
}

Deadline Agent::State::next_timer() const {
  auto first = Deadline::none();
  for (const auto& [id, entry] : entries) {
    if (entry.fd < 0 && entry.enabled) first = earlier(first, Deadline::at(entry.due));
  }
  return first;
}

Result<std::uint64_t> Agent::State::add(Entry entry) {
  const std::lock_guard lock(mutex);
  const auto id = ++last_id;
  if (entry.fd >= 0) WEFT_CHECK(listen(id, entry, EPOLL_CTL_ADD));
  if (entry.fd < 0) interrupt();
  entries.emplace(id, std::move(entry));
  return id;
}

Result<void> Agent::State::listen(std::uint64_t id, const Entry& entry, int operation) const {
  epoll_event event{};
  event.events = entry.writable ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = id;
  WEFT_CHECK(sys::call("epoll_ctl", "a watched descriptor",
                       [&] { return ::epoll_ctl(epoll.get(), operation, entry.fd, &event); }));
  return {};
}

void Agent::State::remove(std::uint64_t id) {
  std::unique_lock lock(mutex);
  const auto found = entries.find(id);
  if (found == entries.end()) return;
  if (found->second.fd >= 0 && found->second.enabled) {
    ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
  }
  const auto task = std::move(found->second.task);  // destroyed after the lock is released
  entries.erase(found);
  if (std::this_thread::get_id() != thread.get_id()) finished.wait(lock, [&] { return running != id; });
  lock.unlock();
}

void Agent::State::enable(std::uint64_t id, bool on) {
  const std::lock_guard lock(mutex);
  const auto found = entries.find(id);
  if (found == entries.end() || found->second.enabled == on) return;
  auto& entry = found->second;
  if (entry.fd < 0) {
    entry.due = now() + entry.period;
    if (on) interrupt();
  } else if (!on) {
    ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, entry.fd, nullptr);
  } else if (!listen(id, entry, EPOLL_CTL_ADD)) {
    return;  // out of kernel memory: it stays disabled, and enable() may be called again
  }
  entry.enabled = on;
}

void Agent::State::watch_writable(std::uint64_t id, bool on) {
  const std::lock_guard lock(mutex);
  const auto found = entries.find(id);
  if (found == entries.end() || found->second.fd < 0 || found->second.writable == on) return;
  auto& entry = found->second;
  entry.writable = on;
  if (!entry.enabled) return;
  [[maybe_unused]] const auto changed = listen(id, entry, EPOLL_CTL_MOD);  // takes no memory: cannot fail
}

void Agent::State::interrupt() const noexcept {
  if (std::this_thread::get_id() == thread.get_id()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto bytes = ::write(wake.get(), &one, sizeof one);
}

Agent::Agent() : state_(std::make_unique<State>()) {}

Result<std::unique_ptr<Agent>> Agent::start() {
  std::unique_ptr<Agent> agent(new Agent());
  auto& state = *agent->state_;
  WEFT_TRY(state.epoll,
           sys::open("epoll_create1", "the agent", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_TRY(state.wake,
           sys::open("eventfd", "the agent", [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
  WEFT_CHECK(state.listen(wake_id, {{}, state.wake.get(), {}, {}}, EPOLL_CTL_ADD));
  const std::lock_guard lock(state.mutex);  // the thread starts when its own id is known
  WEFT_TRY(state.thread, start_thread("weft-agent", "the agent", [&state] { state.run(); }));
  return agent;
}

Agent::~Agent() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
    state_->interrupt();
  }
  if (state_->thread.joinable()) state_->thread.join();
}

bool Agent::is_here() const noexcept {
  return std::this_thread::get_id() == state_->thread.get_id();
}

Result<Agent::Watch> Agent::watch(int fd, Task task) {
  WEFT_TRY(const auto id, state_->add({std::make_shared<const Task>(std::move(task)), fd, {}, {}}));
  return Watch(this, id);
}

Result<Agent::Watch> Agent::every(Duration period, Task task) {
  WEFT_TRY(const auto id,
           state_->add({std::make_shared<const Task>(std::move(task)), -1, period, now() + period}));
  return Watch(this, id);
}

Result<Agent::Watch> Agent::after(Duration delay, Task task) {
  State::Entry entry{std::make_shared<const Task>(std::move(task)), -1, delay, now() + delay};
  entry.once = true;
  WEFT_TRY(const auto id, state_->add(std::move(entry)));
  return Watch(this, id);
}

Agent::Watch::Watch(Agent* agent, std::uint64_t id) noexcept : agent_(agent), id_(id) {}

Agent::Watch::Watch(Watch&& other) noexcept : agent_(std::exchange(other.agent_, nullptr)), id_(other.id_) {}

Agent::Watch& Agent::Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    if (agent_ != nullptr) agent_->state_->remove(id_);
    agent_ = std::exchange(other.agent_, nullptr);
    id_ = other.id_;
  }
  return *this;
}

Agent::Watch::~Watch() {
  if (agent_ != nullptr) agent_->state_->remove(id_);
}

void Agent::Watch::enable(bool on) {
  if (agent_ != nullptr) agent_->state_->enable(id_, on);
}

void Agent::Watch::watch_writable(bool on) {
  if (agent_ != nullptr) agent_->state_->watch_writable(id_, on);
}

}  // namespace weft
