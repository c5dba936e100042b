#include "node/ends.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>

#include "base/sys.hpp"

namespace weft::node {

using transport::Endpoint;

Result<std::unique_ptr<Ends>> Ends::create(std::shared_ptr<Context> context, transport::EndOptions options,
                                           Judge judge) {
  WEFT_TRY(auto waker, run::Waker::create());
  return std::unique_ptr<Ends>(
      new Ends(std::move(context), std::move(options), std::move(judge), std::move(waker)));
}

Ends::Ends(std::shared_ptr<Context> context, transport::EndOptions options, Judge judge, run::Waker waker)
    : context_(std::move(context)),
      options_(std::move(options)),
      judge_(std::move(judge)),
      idling_(context_->idle()),
      waker_(std::move(waker)) {
  options_.id = context_->next_port();
  if (options_.role == transport::Role::publisher) options_.sequence = &course_.sequence;
}

Ends::~Ends() = default;

Result<std::string> Ends::bind(std::string_view uri) {
  WEFT_TRY(auto endpoint, Endpoint::parse(uri));
  std::string answer;
  WEFT_CHECK(by_hand(endpoint.scheme, [&](transport::End& end) -> Result<void> {
    WEFT_TRY(const auto bound, end.bind(endpoint));
    answer = bound.uri();
    return {};
  }));
  return answer;
}

Result<void> Ends::connect(std::string_view uri) {
  WEFT_TRY(auto endpoint, Endpoint::parse(uri));
  return by_hand(endpoint.scheme, [&](transport::End& end) { return end.connect(endpoint); });
}

Result<void> Ends::connect_apart(std::string_view uri) {
  WEFT_TRY(auto endpoint, Endpoint::parse(uri));
  WEFT_TRY(auto* transport, context_->transport(endpoint.scheme));
  WEFT_TRY(auto slot, make_slot(*transport));
  WEFT_CHECK(slot.end->connect(endpoint));
  return add(std::move(slot));
}

Result<void> Ends::by_hand(std::string_view scheme,
                           const std::function<Result<void>(transport::End&)>& attach) {
  WEFT_TRY(auto* transport, context_->transport(scheme));
  take_over();
  const auto known =
      std::ranges::find_if(slots_, [&](const Slot& slot) { return is_for(slot, *transport, false); });
  if (known != slots_.end()) return attach(*known->end);
  WEFT_TRY(auto slot, make_slot(*transport));
  WEFT_CHECK(attach(*slot.end));
  return add(std::move(slot));
}

bool Ends::is_for(const Slot& slot, const transport::Transport& transport, bool found) const noexcept {
  const auto role = options_.role;
  const bool owner = role == transport::Role::publisher || role == transport::Role::inbox;
  return slot.transport == &transport && (owner || slot.found == found);
}

Result<Ends::Slot> Ends::make_slot(transport::Transport& transport) {
  auto options = options_;
  auto links = std::make_unique<Links>(judge_, events_, options.sequence != nullptr ? &course_ : nullptr);
  WEFT_TRY(auto end, transport.open(std::move(options), *links));
  return Slot{&transport, transport.traits(), std::move(links), std::move(end)};
}

Result<void> Ends::add(Slot slot) {
  const std::lock_guard lock(mutex_);
  if (poll_) WEFT_CHECK(poll_also(poll_, slot.end->fd()));
  slot.number = ++last_number_;
  slots_.push_back(std::move(slot));
  return {};
}

Result<Ends::Handle> Ends::find_or_make(std::string_view scheme) {
  WEFT_TRY(auto* transport, context_->transport(scheme));
  const std::lock_guard lock(mutex_);
  for (const auto* slots : {&slots_, &arrivals_}) {
    const auto known =
        std::ranges::find_if(*slots, [&](const Slot& slot) { return is_for(slot, *transport, true); });
    if (known != slots->end()) return Handle{known->end.get(), known->links.get(), known->number};
  }
  return put_aside(*transport);
}

Result<Ends::Handle> Ends::make_apart(std::string_view scheme) {
  WEFT_TRY(auto* transport, context_->transport(scheme));
  const std::lock_guard lock(mutex_);
  return put_aside(*transport);
}

Result<Ends::Handle> Ends::put_aside(transport::Transport& transport) {
  WEFT_TRY(auto slot, make_slot(transport));
  if (poll_) WEFT_CHECK(poll_also(poll_, slot.end->fd()));
  slot.number = ++last_number_;
  slot.found = true;
  const Handle handle{slot.end.get(), slot.links.get(), slot.number};
  arrivals_.push_back(std::move(slot));
  arrived_.store(true, std::memory_order_relaxed);       // pairs with nothing: what follows orders it
  course_.news.fetch_add(1, std::memory_order_seq_cst);  // pairs with has_news(): see Arrival
  waker_.wake();
  return handle;
}

void Ends::retire(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  retired_.push_back({handle.number, handle.links->ended()});
  arrived_.store(true, std::memory_order_relaxed);  // pairs with nothing: the waker orders it
  waker_.wake();
}

bool Ends::keep(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(retired_, [&](const Retired& one) { return one.number == handle.number; }) != 0;
}

bool Ends::has(const Handle& handle) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(slots_, handle.number, &Slot::number) != slots_.end() ||
         std::ranges::find(arrivals_, handle.number, &Slot::number) != arrivals_.end();
}

void Ends::take_over() {
  std::vector<Slot> closed;  // after the lock: closing may take its time
  const std::lock_guard lock(mutex_);
  std::ranges::move(arrivals_, std::back_inserter(slots_));
  arrivals_.clear();
  close_retired(closed);
  // Those that still have their link are looked at again at the next look.
  arrived_.store(!retired_.empty(), std::memory_order_relaxed);  // pairs with nothing: under the mutex
}

void Ends::close_retired(std::vector<Slot>& closed) {
  for (auto& slot : slots_)
    slot.parting = false;  // one that is kept after all
  std::erase_if(retired_, [&](Retired& one) {
    const auto slot = std::ranges::find(slots_, one.number, &Slot::number);
    if (slot == slots_.end()) return true;
    slot->parting = true;
    if (slot->links->listening() != 0 && slot->links->ended() == one.ended) return false;
    if (!std::exchange(one.over, true)) {
      waker_.wake();
      return false;
    }
    forget(*slot);
    closed.push_back(std::move(*slot));
    slots_.erase(slot);
    return true;
  });
}

/// Its End leaves the descriptor, and its counters go into the sum.
void Ends::forget(const Slot& slot) {
  if (poll_) ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, slot.end->fd(), nullptr);
  fold(*slot.links);
}

void Ends::fold(const Links& links) {
  Counters counters;
  links.collect(counters);
  weft::add(past_, counters.total);
}

void Ends::close_found() {
  std::vector<std::unique_ptr<transport::End>> closed;
  const auto before = parted_.size();
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(arrivals_, std::back_inserter(slots_));
    arrivals_.clear();
    retired_.clear();
    const auto found = std::ranges::stable_partition(slots_, [](const Slot& slot) { return !slot.found; });
    for (auto& slot : found) {
      if (poll_) ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, slot.end->fd(), nullptr);
      closed.push_back(std::move(slot.end));
      parted_.push_back(std::move(slot.links));
    }
    slots_.erase(found.begin(), found.end());
  }
  closed.clear();
  for (auto i = before; i < parted_.size(); ++i)
    parted_[i]->end_all();
}

void Ends::fold_parted(const std::function<bool(const Links&)>& in_use) {
  const std::lock_guard lock(mutex_);
  std::erase_if(parted_, [&](const auto& links) {
    if (in_use(*links)) return false;
    fold(*links);
    return true;
  });
}

std::uint32_t Ends::live() const noexcept {
  std::uint32_t live = 0;
  for (const auto& slot : slots_)
    live += slot.links->live();
  return live;
}

std::optional<Error> Ends::refusal() const {
  for (const auto& slot : slots_) {
    if (auto refusal = slot.links->refusal()) return refusal;
  }
  return std::nullopt;
}

std::shared_ptr<const Verdict> Ends::peer() const {
  for (const auto& slot : slots_) {
    if (auto peer = slot.links->peer()) return peer;
  }
  return nullptr;
}

Counters Ends::counters() const {
  Counters counters;
  const std::lock_guard lock(mutex_);
  counters.total = past_;
  for (const auto& links : parted_)
    links->collect(counters);
  for (const auto* slots : {&slots_, &arrivals_}) {
    for (const auto& slot : *slots)
      slot.links->collect(counters);
  }
  return counters;
}

Result<bool> Ends::wait(Deadline deadline) {
  const bool polled =
      !slots_.empty() && std::ranges::all_of(slots_, [](auto& slot) { return slot.traits.polled; });
  if (polled && idling_.looks_again()) return true;
  const auto time = now();
  const auto left = deadline.left(time);
  if (left == Duration::zero()) return false;
  if (polled && idling_.goes_on(time)) return true;
  if (const auto woken = polled ? sleep(deadline) : std::nullopt) return *woken;
  polled_.clear();  // keeps its memory
  polled_.push_back({waker_.fd(), POLLIN, 0});
  for (const auto& slot : slots_)
    polled_.push_back({slot.end->fd(), POLLIN, 0});
  const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
  const auto ready =
      ::ppoll(polled_.data(), polled_.size(), deadline.is_none() ? nullptr : &timeout, nullptr);
  if (ready < 0 && errno != EINTR) return sys_error(errno, "ppoll", name());
  waker_.clear();
  return ready != 0;
}

/// Sleeps as wait() does, by futexes; nothing where that cannot be.
std::optional<bool> Ends::sleep(Deadline deadline) {
  Futexes futexes;
  bool all = has_futexes_ && waker_.sleep_on(futexes);
  for (auto& slot : slots_)
    all = all && slot.end->sleep_on(futexes);
  if (!all) return std::nullopt;
  const auto woken = futexes.wait(deadline);
  has_futexes_ = woken != Futexes::Woken::unsupported;
  if (!has_futexes_) return std::nullopt;
  waker_.clear();
  return woken == Futexes::Woken::yes;
}

Result<int> Ends::fd() {
  if (!poll_) WEFT_CHECK(make_descriptor());
  return poll_.get();
}

/// All of it or nothing.
Result<void> Ends::make_descriptor() {
  const std::lock_guard lock(mutex_);
  WEFT_TRY(auto more, run::Waker::create());
  more.wake();  // nobody has looked yet
  WEFT_TRY(auto poll, sys::open("epoll_create1", name(), [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_CHECK(poll_also(poll, more.fd()));
  WEFT_CHECK(poll_also(poll, waker_.fd()));
  for (const auto* slots : {&slots_, &arrivals_}) {
    for (const auto& slot : *slots)
      WEFT_CHECK(poll_also(poll, slot.end->fd()));
  }
  more_.emplace(std::move(more));
  poll_ = std::move(poll);
  return {};
}

Result<void> Ends::poll_also(const Fd& poll, int fd) const {
  epoll_event event{EPOLLIN, {.fd = fd}};
  WEFT_CHECK(
      sys::call("epoll_ctl", name(), [&] { return ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &event); }));
  return {};
}

Result<void> Ends::poll_also(int also) {
  WEFT_CHECK(fd());
  return poll_also(poll_, also);
}

void Ends::tell_pollers(bool more) noexcept {
  if (more) return more_->wake();
  more_->clear();
  for (const auto& slot : slots_) [[maybe_unused]]
    const int armed = slot.end->fd();  // before each sleep
}

}  // namespace weft::node
