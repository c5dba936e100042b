#include "run/executor.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/thread.hpp"
#include "run/call_user.hpp"
#include "run/spawn.hpp"

namespace weft {

namespace {

constexpr unsigned most_threads = 1024;
constexpr int steps_a_turn =
    16;  // of one callback, before others get theirs; and none after a tick of the coarse clock
constexpr int turns_a_look =
    16;  // of a thread, or a tick, until it looks for events although somebody is ready
constexpr std::size_t events_a_poll = 64;
constexpr auto what = "an executor";
constexpr std::uint64_t poked = ~std::uint64_t{0};

/// First in, first out; its memory grows to the most that ever waited.
class Fifo final {
 public:
  void push(Reactor::Waiter& waiter) {
    if (count_ == ring_.size()) grow();
    ring_[(first_ + count_++) % ring_.size()] = &waiter;
  }
  Reactor::Waiter* pop() {
    if (count_ == 0) return nullptr;
    auto* waiter = ring_[first_];
    first_ = (first_ + 1) % ring_.size();
    --count_;
    return waiter;
  }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

 private:
  void grow() {
    std::ranges::rotate(ring_, ring_.begin() + std::ptrdiff_t(first_));
    first_ = 0;
    ring_.resize(std::max<std::size_t>(2 * ring_.size(), 16));
  }
  std::vector<Reactor::Waiter*> ring_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

/// Those who are to be woken, the highest priority first, each in its turn.
class Ready final {
 public:
  void push(Reactor::Waiter& waiter) { queues_[std::size_t(waiter.priority())].push(waiter); }
  Reactor::Waiter* pop() {
    for (auto& queue : queues_) {
      if (auto* waiter = queue.pop()) return waiter;
    }
    return nullptr;
  }
  [[nodiscard]] bool empty() const { return std::ranges::all_of(queues_, &Fifo::empty); }

 private:
  std::array<Fifo, 3> queues_;
};

}  // namespace

// One mutex guards who waits and who is ready. Idle threads sleep in epoll_wait, all on the same descriptors, each of
// which is one-shot: an event goes to one thread. That puts all it got into the queue and takes the first; if there are
// more, and threads that sleep, it pokes one of those, which does the same.
struct Executor::State {
  State(ExecutorOptions given, Fd poll, Fd event)
      : options(std::move(given)), epoll(std::move(poll)), poke(std::move(event)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { join(); }

  Result<void> start();
  void join();
  Result<void> arm(int fd, Waiter& waiter);
  bool cancel(int fd, const Waiter& waiter);
  void own(int fd, const Waiter& owner);
  void disown(int fd, const Waiter& owner);
  void push(Waiter& waiter);
  void wake_one() const noexcept;
  void work();
  void poll(std::unique_lock<std::mutex>& lock, int milliseconds);
  void harvest(std::uint64_t data);
  void begin_to_stop();

  /// Who waits for a descriptor; its number is the index.
  struct Place {
    Waiter* waiter = nullptr;
    const Waiter* owner = nullptr;  // the callback whose it is, also while that runs
    std::uint32_t generation = 0;   // of the waiting: an event of an earlier one says nothing
  };

  const ExecutorOptions options;
  const Fd epoll;
  const Fd poke;                    // edge-triggered, and so never read: each write wakes one who sleeps
  std::mutex mutex;                 // guards all below
  std::condition_variable changed;  // a callback has come to its end; a thread has
  std::vector<Place> places;
  Ready ready;
  unsigned sleeping = 0;
  unsigned working = 0;  // threads
  bool stopping = false;
  std::vector<std::thread> threads;
};

// ---- the threads --------------------------------------------------------------------------------------------------

Result<void> Executor::State::start() {
  const std::lock_guard lock(mutex);
  for (; working < options.threads; ++working) {
    auto thread = start_thread("weft-executor", what, [this] { work(); });
    if (!thread) {
      begin_to_stop();
      return std::move(thread).error();
    }
    threads.emplace_back(*std::move(thread));
  }
  return {};
}

void Executor::State::join() {
  for (auto& thread : std::exchange(threads, {}))
    thread.join();
  while (auto* late = ready.pop())  // posted when nobody was left to take it
    late->wake(Woken::stopping);
}

void Executor::State::work() {
  std::unique_lock lock(mutex);
  auto looked = coarse_now();
  for (int turns = 0; !stopping || !ready.empty(); ++turns) {
    auto* waiter = ready.pop();
    if (waiter == nullptr) {
      poll(lock, -1);
      continue;
    }
    if (!ready.empty() && sleeping != 0) wake_one();
    const auto why = stopping ? Woken::stopping : Woken::ready;
    lock.unlock();
    waiter->wake(why);
    lock.lock();
    if (turns % turns_a_look != 0 && coarse_now() == looked) continue;
    looked = coarse_now();
    poll(lock, 0);  // where somebody is ready always, others come, too
  }
  --working;
  wake_one();  // the next thread ends
  changed.notify_all();
}

void Executor::State::poll(std::unique_lock<std::mutex>& lock, int milliseconds) {
  std::array<epoll_event, events_a_poll> events{};
  ++sleeping;
  lock.unlock();
  const int count = ::epoll_wait(epoll.get(), events.data(), int(events.size()), milliseconds);
  lock.lock();
  --sleeping;
  for (int i = 0; i < count; ++i)  // -1: a signal came
    harvest(events[std::size_t(i)].data.u64);
}

void Executor::State::harvest(std::uint64_t data) {
  if (data == poked) return;
  auto& place = places[std::uint32_t(data)];
  if (place.waiter == nullptr || place.generation != data >> 32) return;
  ready.push(*std::exchange(place.waiter, nullptr));
}

void Executor::State::push(Waiter& waiter) {
  ready.push(waiter);
  if (sleeping != 0) wake_one();
}

void Executor::State::wake_one() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(poke.get(), &one, sizeof one);
}

Result<void> Executor::State::arm(int fd, Waiter& waiter) {
  if (stopping) {
    push(waiter);
    return {};
  }
  if (places.size() <= std::size_t(fd)) places.resize(std::size_t(fd) + 1);
  auto& place = places[std::size_t(fd)];
  if (place.waiter != nullptr || (place.owner != nullptr && place.owner != &waiter)) {
    return Error{Errc::in_use, fmt::format("{}: somebody waits for this descriptor already, a callback or a "
                                           "coroutine; one at a time",
                                           what)};
  }
  ++place.generation;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = std::uint64_t(place.generation) << 32 | std::uint32_t(fd);
  const auto control = [&](int operation) { return ::epoll_ctl(epoll.get(), operation, fd, &event); };
  if (control(EPOLL_CTL_MOD) != 0)
    WEFT_CHECK(sys::call("epoll_ctl", what, [&] { return control(EPOLL_CTL_ADD); }));
  place.waiter = &waiter;
  return {};
}

/// Nobody else may wait for it until it is disowned.
void Executor::State::own(int fd, const Waiter& owner) {
  if (std::size_t(fd) < places.size()) places[std::size_t(fd)].owner = &owner;
}

void Executor::State::disown(int fd, const Waiter& owner) {
  if (std::size_t(fd) < places.size() && places[std::size_t(fd)].owner == &owner)
    places[std::size_t(fd)].owner = nullptr;
}

bool Executor::State::cancel(int fd, const Waiter& waiter) {
  if (std::size_t(fd) >= places.size() || places[std::size_t(fd)].waiter != &waiter) return false;
  places[std::size_t(fd)].waiter = nullptr;  // the event that may come yet is of a waiting that is over
  return true;
}

void Executor::State::begin_to_stop() {
  stopping = true;
  for (auto& place : places) {
    if (place.waiter != nullptr) ready.push(*std::exchange(place.waiter, nullptr));
  }
  wake_one();
}

// ---- callbacks ----------------------------------------------------------------------------------------------------

/// Goes round: it waits, is ready, runs. Whoever is to wake it keeps it alive.
struct Executor::Callback::Activity final : Reactor::Waiter, std::enable_shared_from_this<Activity> {
  Activity(State& executor, int descriptor, Priority first, Step take)
      : state(executor), fd(descriptor), importance(first), step(std::move(take)) {}

  void wake(Woken why) override {
    const auto alive = std::move(self);
    if (why == Woken::stopping || !begin()) return;
    const auto begun = coarse_now();
    bool more = true;
    for (int i = 0; more && (i == 0 || (i < steps_a_turn && coarse_now() == begun)); ++i)
      run::run_user([&] { more = step() && !is_over(); }, state.options.on_exception);
    finish(more);
  }
  [[nodiscard]] Priority priority() const noexcept override { return importance; }

  bool begin() {
    const std::lock_guard lock(state.mutex);
    if (!over) runner = std::this_thread::get_id();
    return !over;
  }
  bool is_over() {
    const std::lock_guard lock(state.mutex);
    return over || state.stopping;
  }
  /// Who has more is ready again, behind the others: no system call for what is known.
  void finish(bool more) {
    const std::lock_guard lock(state.mutex);
    runner = {};
    state.changed.notify_all();
    if (over) return;
    if (more) {
      self = shared_from_this();
      return state.ready.push(*this);  // this thread goes on with it, if no other takes it first
    }
    [[maybe_unused]] const auto armed = arm();  // the descriptor is known, and the port there: it cannot fail
  }
  Result<void> arm() {
    WEFT_CHECK(state.arm(fd, *this));
    self = shared_from_this();
    return {};
  }
  /// Afterwards it does not run, unless this is done by itself.
  void end() {
    std::unique_lock lock(state.mutex);
    over = true;
    state.disown(fd, *this);
    if (state.cancel(fd, *this)) self.reset();
    state.changed.wait(lock,
                       [&] { return runner == std::thread::id{} || runner == std::this_thread::get_id(); });
  }

  State& state;
  const int fd;
  const Priority importance;
  Step step;
  std::shared_ptr<Activity> self;  // this, and the rest, are guarded by the state's mutex
  std::thread::id runner;
  bool over = false;
};

Executor::Callback::Callback() noexcept = default;
Executor::Callback::Callback(Callback&&) noexcept = default;
Executor::Callback::Callback(std::shared_ptr<Activity> activity) noexcept : activity_(std::move(activity)) {}

Executor::Callback& Executor::Callback::operator=(Callback&& other) noexcept {
  if (this == &other) return *this;
  if (activity_) activity_->end();
  activity_ = std::move(other.activity_);
  return *this;
}

Executor::Callback::~Callback() {
  if (activity_) activity_->end();
}

Result<Executor::Callback> Executor::keep(int fd, Priority priority, Step step) {
  auto activity = std::make_shared<Callback::Activity>(*state_, fd, priority, std::move(step));
  const std::lock_guard lock(state_->mutex);
  WEFT_CHECK(activity->arm());
  state_->own(fd, *activity);
  return Callback(std::move(activity));
}

namespace {

/// A function that goes once it has been called.
class Posted final : public Reactor::Waiter {
 public:
  Posted(std::function<void()> function, const std::function<void(std::exception_ptr)>& on_exception)
      : function_(std::move(function)), on_exception_(on_exception) {}
  void wake(Reactor::Woken why) override {
    const std::unique_ptr<Posted> self(this);
    if (why == Reactor::Woken::ready) run::run_user(function_, on_exception_);
  }
  [[nodiscard]] Priority priority() const noexcept override { return Priority::normal; }

 private:
  std::function<void()> function_;
  const std::function<void(std::exception_ptr)>& on_exception_;
};

}  // namespace

void Executor::post(std::function<void()> callback) {
  post(*new Posted(std::move(callback), state_->options.on_exception));  // its own, until it is woken
}

void Executor::spawn(Task<> task, std::stop_token stop, Priority priority) {
  weft::spawn(*this, std::move(task), std::move(stop), priority, state_->options.on_exception);
}

// ---- waiters ------------------------------------------------------------------------------------------------------

Result<void> Executor::await_readable(int fd, Waiter& waiter) {
  const std::lock_guard lock(state_->mutex);
  return state_->arm(fd, waiter);
}

bool Executor::cancel(int fd, Waiter& waiter) {
  const std::lock_guard lock(state_->mutex);
  return state_->cancel(fd, waiter);
}

void Executor::post(Waiter& waiter) {
  const std::lock_guard lock(state_->mutex);
  state_->push(waiter);
}

// ---- the whole ----------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Executor>> Executor::create(ExecutorOptions options) {
  if (options.threads < 1 || options.threads > most_threads) {
    return Error{Errc::invalid_argument, fmt::format("an executor of {} threads: 1 to {} are possible",
                                                     options.threads, most_threads)};
  }
  WEFT_TRY(auto epoll, sys::open("epoll_create1", what, [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_TRY(auto poke, sys::open("eventfd", what, [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = poked;
  WEFT_CHECK(sys::call("epoll_ctl", what,
                       [&] { return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, poke.get(), &event); }));
  auto state = std::make_unique<State>(std::move(options), std::move(epoll), std::move(poke));
  WEFT_CHECK(state->start());
  return std::unique_ptr<Executor>(new Executor(std::move(state)));
}

Executor::Executor(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

Executor::~Executor() {
  stop();
  state_->join();
}

void Executor::stop() noexcept {
  const std::lock_guard lock(state_->mutex);
  if (!state_->stopping) state_->begin_to_stop();
}

void Executor::wait() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->working == 0; });
}

}  // namespace weft
