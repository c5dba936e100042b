#include "transport/exchange.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/eventfd.h>

#include "base/sys.hpp"
#include "transport/lane.hpp"
#include "transport/os_names.hpp"

namespace weft::transport {

namespace {

/// How long a sender sleeps at most before it looks for room again.
constexpr Duration look_again = std::chrono::milliseconds(1);

/// Where ends find each other.
class Meeting final {
 public:
  Result<void> own(const std::shared_ptr<Seat>& owner, const Endpoint& endpoint);
  void visit(const std::shared_ptr<Seat>& guest, const Endpoint& endpoint);
  /// Ends no link; false if the guest was not there.
  bool forget(const std::shared_ptr<Seat>& guest, const Endpoint& endpoint);
  /// Ends all links of a seat that goes.
  void leave(const std::shared_ptr<Seat>& seat);
  /// Ends one link.
  void part(const std::shared_ptr<Lane>& lane, DropCause cause);
  /// The seat's observer has been told that the link with `peer` ended. The two begin anew, if that was put off.
  void told(const std::shared_ptr<Seat>& seat, PortId peer);

 private:
  struct Place {
    std::shared_ptr<Seat> owner;
    std::vector<std::shared_ptr<Seat>> guests;
    [[nodiscard]] bool is_empty() const noexcept { return !owner && guests.empty(); }
  };
  struct Pair {
    std::shared_ptr<Seat> owner;
    std::shared_ptr<Seat> guest;
    [[nodiscard]] bool has(const std::shared_ptr<Seat>& seat) const { return owner == seat || guest == seat; }
  };
  void join(const std::shared_ptr<Seat>& owner, const std::shared_ptr<Seat>& guest);
  [[nodiscard]] bool is_attached(const Pair& pair) const;
  static void separate(Seat& one, Seat& other, DropCause cause);
  static void tell_end(const std::shared_ptr<Lane>& lane, DropCause cause);

  std::mutex mutex_;
  std::map<std::string, Place> places_;
  std::vector<Pair> put_off_;  // until both have been told of the end of a link between the same two ports
};

Result<void> Meeting::own(const std::shared_ptr<Seat>& owner, const Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  auto& place = places_[endpoint.address];
  if (place.owner) {
    return Error{
        Errc::in_use,
        fmt::format("bind {}: another end of this context has this name; choose another", endpoint.uri())};
  }
  place.owner = owner;
  for (const auto& guest : place.guests)
    join(owner, guest);
  return {};
}

void Meeting::visit(const std::shared_ptr<Seat>& guest, const Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  auto& place = places_[endpoint.address];
  place.guests.push_back(guest);
  if (place.owner) join(place.owner, guest);
}

bool Meeting::forget(const std::shared_ptr<Seat>& guest, const Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(endpoint.address);
  if (place == places_.end() || std::erase(place->second.guests, guest) == 0) return false;
  if (place->second.is_empty()) places_.erase(place);
  return true;
}

void Meeting::leave(const std::shared_ptr<Seat>& seat) {
  const std::lock_guard lock(mutex_);
  for (auto place = places_.begin(); place != places_.end();) {
    if (place->second.owner == seat) place->second.owner = nullptr;
    std::erase(place->second.guests, seat);
    place = place->second.is_empty() ? places_.erase(place) : std::next(place);
  }
  std::erase_if(put_off_, [&](const Pair& pair) { return pair.has(seat); });
  while (!seat->lanes.empty())
    separate(*seat, *seat->lanes.begin()->second->to, DropCause::peer_left);
}

void Meeting::part(const std::shared_ptr<Lane>& lane, DropCause cause) {
  const std::lock_guard lock(mutex_);
  const auto found = lane->from->lanes.find(lane->to->id());
  if (found == lane->from->lanes.end() || found->second != lane) return;
  separate(*lane->from, *lane->to, cause);
  const bool owner_first = lane->from->is(Role::publisher) || lane->from->is(Role::inbox);
  put_off_.push_back(owner_first ? Pair{lane->from, lane->to} : Pair{lane->to, lane->from});
}

void Meeting::told(const std::shared_ptr<Seat>& seat, PortId peer) {
  const std::lock_guard lock(mutex_);
  seat->ending.erase(peer);
  const auto others =
      std::ranges::stable_partition(put_off_, [&](const Pair& pair) { return !pair.has(seat); });
  const std::vector<Pair> due(others.begin(), others.end());
  put_off_.erase(others.begin(), others.end());
  for (const auto& pair : due) {
    if (is_attached(pair)) join(pair.owner, pair.guest);
  }
}

bool Meeting::is_attached(const Pair& pair) const {
  return std::ranges::any_of(places_, [&](const auto& each) {
    const auto& [name, place] = each;
    return place.owner == pair.owner && std::ranges::count(place.guests, pair.guest) != 0;
  });
}

void Meeting::join(const std::shared_ptr<Seat>& owner, const std::shared_ptr<Seat>& guest) {
  const bool fan_out = owner->is(Role::publisher);
  if (fan_out != guest->is(Role::subscriber)) return;
  const std::scoped_lock lock(owner->out, guest->out);
  if (owner->lanes.contains(guest->id())) return;
  if (owner->ending.contains(guest->id()) || guest->ending.contains(owner->id()))
    return put_off_.push_back({owner, guest});
  const auto& [offered, asked] = std::tie(owner->options, guest->options);
  const bool owner_likes = owner->observer.matched(guest->id(), asked.announcement, 0);
  // After the owner's observer was told: see EndOptions::sequence.
  const auto last = offered.sequence != nullptr ? offered.sequence->load() : 0;
  const bool fits = guest->observer.matched(owner->id(), offered.announcement, last) && owner_likes;
  const bool there = offered.reliable && (asked.reliable || !fan_out);
  owner->lanes.emplace(guest->id(), std::make_shared<Lane>(owner, guest, fits && there, last));
  guest->lanes.emplace(owner->id(), std::make_shared<Lane>(guest, owner, fits && asked.reliable, 0));
  for (const auto& seat : {owner, guest}) {
    const std::lock_guard in(seat->in);
    seat->ring();
  }
}

void Meeting::separate(Seat& one, Seat& other, DropCause cause) {
  const std::scoped_lock lock(one.out, other.out);
  const auto there = one.lanes.extract(other.id());
  const auto back = other.lanes.extract(one.id());
  tell_end(there.mapped(), cause);
  tell_end(back.mapped(), cause);
}

/// Tells the receiving end of a lane, where it takes frames after those that have arrived.
void Meeting::tell_end(const std::shared_ptr<Lane>& lane, DropCause cause) {
  auto& told = *lane->to;
  if (told.is(Role::publisher)) told.observer.unmatched(lane->from->id(), cause);
  told.room.notify_all();
  const std::lock_guard lock(told.in);
  if (told.is(Role::publisher)) return told.ring();
  told.ending.insert(lane->from->id());
  told.push({lane, {}, false, cause});
}

/// What a loan's keeper holds.
struct Ticket {
  std::shared_ptr<std::uint64_t[]> memory;
  std::optional<PortId> to;
};

std::optional<PortId> peer_of(const ReturnPath* path) {
  PortId peer;
  if (path == nullptr) return std::nullopt;
  if (path->bytes().size() == sizeof peer) std::memcpy(&peer, path->bytes().data(), sizeof peer);
  return peer;
}

class ExchangeEnd final : public End {
 public:
  ExchangeEnd(const Carriage& carriage, Meeting& meeting, std::shared_ptr<Seat> seat)
      : carriage_(carriage), meeting_(meeting), seat_(std::move(seat)) {}
  ExchangeEnd(const ExchangeEnd&) = delete;
  ExchangeEnd& operator=(const ExchangeEnd&) = delete;
  ~ExchangeEnd() override;

  Result<Endpoint> bind(const Endpoint& endpoint) override;
  Result<void> connect(const Endpoint& endpoint) override;
  Result<void> disconnect(const Endpoint& endpoint) override;
  Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) override;
  bool send(Loan& loan, Haste haste) override;
  bool receive(Frame& frame) override;
  [[nodiscard]] int fd() noexcept override { return seat_->event.get(); }

 private:
  [[nodiscard]] Error cannot(std::string_view what) const;
  Result<void> wait_for_room(const std::optional<PortId>& to, Deadline deadline);
  std::shared_ptr<Lane> held_up_by(const std::optional<PortId>& to);

  const Carriage& carriage_;
  Meeting& meeting_;
  const std::shared_ptr<Seat> seat_;
  std::atomic<bool> attached_{false};  // a sender that has connected
};

ExchangeEnd::~ExchangeEnd() {
  meeting_.leave(seat_);
  std::deque<Item> unread;
  const std::lock_guard lock(seat_->in);
  unread.swap(seat_->queue);
}

Error ExchangeEnd::cannot(std::string_view what) const {
  constexpr std::string_view roles[] = {"a publisher", "a subscriber", "an inbox", "a sender"};
  return Error{Errc::unsupported,
               fmt::format("{}: {} cannot {}: publishers and inboxes bind, the others connect",
                           carriage_.scheme, roles[int(seat_->options.role)], what)};
}

Result<Endpoint> ExchangeEnd::bind(const Endpoint& endpoint) {
  if (!seat_->is(Role::publisher) && !seat_->is(Role::inbox)) return cannot("bind");
  WEFT_CHECK(meeting_.own(seat_, endpoint));
  return endpoint;
}

Result<void> ExchangeEnd::connect(const Endpoint& endpoint) {
  if (seat_->is(Role::publisher) || seat_->is(Role::inbox)) return cannot("connect");
  if (seat_->is(Role::sender) && attached_.exchange(true)) {
    return Error{Errc::unsupported, fmt::format("{}: a sender has one inbox; open another sender for {}",
                                                seat_->options.name, endpoint.uri())};
  }
  meeting_.visit(seat_, endpoint);
  return {};
}

Result<void> ExchangeEnd::disconnect(const Endpoint& endpoint) {
  if (seat_->is(Role::publisher) || seat_->is(Role::inbox)) return cannot("disconnect");
  if (meeting_.forget(seat_, endpoint)) return {};
  return Error{Errc::not_found, fmt::format("{}: not attached to {}", seat_->options.name, endpoint.uri())};
}

Result<void> ExchangeEnd::loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) {
  if (bytes > carriage_.traits.max_frame) {
    return Error{Errc::too_big, fmt::format("{}: a frame of {} bytes, where {} are the most",
                                            carriage_.scheme, bytes, carriage_.traits.max_frame)};
  }
  const auto peer = peer_of(to);
  WEFT_CHECK(wait_for_room(peer, deadline));
  auto memory = frame_memory(bytes);
  if (!memory) {
    return Error{Errc::resource_exhausted,
                 fmt::format("{}: no memory for {} bytes", carriage_.scheme, bytes)};
  }
  loan.bytes = std::as_writable_bytes(std::span(memory.get(), (bytes + 7) / 8)).first(bytes);
  loan.keeper.emplace<Ticket>(std::move(memory), peer);
  return {};
}

Result<void> ExchangeEnd::wait_for_room(const std::optional<PortId>& to, Deadline deadline) {
  auto& seat = *seat_;
  std::unique_lock lock(seat.out);
  while (!(seat.is(Role::sender) && seat.lanes.empty())) {
    const auto lane = held_up_by(to);
    if (!lane) return {};
    if (lane->stalled) {
      lock.unlock();
      meeting_.part(lane, DropCause::stalled);
      lock.lock();
      continue;
    }
    if (deadline.has_passed(now())) {
      return Error{Errc::timeout,
                   fmt::format("a reader over {} takes no more; is it stuck?", carriage_.scheme)};
    }
    seat.waits_for_room.store(true, std::memory_order_seq_cst);  // pairs with Lane::took(): see there
    if (lane->holds_up()) seat.room.wait_until(lock, earlier(deadline, Deadline(look_again)).instant());
    seat.waits_for_room.store(false,
                              std::memory_order_relaxed);  // pairs with nothing: a wake too many is harmless
  }
  return Error{Errc::unavailable, fmt::format("nobody has bound the endpoint over {}", carriage_.scheme)};
}

/// A lane that has stalled, else one that is full, among those that the next frame goes into.
std::shared_ptr<Lane> ExchangeEnd::held_up_by(const std::optional<PortId>& to) {
  std::shared_ptr<Lane> full;
  for (const auto& [peer, lane] : seat_->lanes) {
    if ((to && peer != *to) || !lane->holds_up()) continue;
    if (lane->stalls(now())) return lane;
    full = lane;
  }
  return full;
}

bool ExchangeEnd::send(Loan& loan, Haste /*haste*/) {
  const auto* ticket = loan.keeper.get<Ticket>();
  const Parcel parcel{ticket->memory, loan.bytes, std::move(loan.object)};
  const std::lock_guard lock(seat_->out);
  if (ticket->to) {
    const auto lane = seat_->lanes.find(*ticket->to);
    return lane != seat_->lanes.end() && lane->second->carry(lane->second, parcel);
  }
  for (const auto& [peer, lane] : seat_->lanes)
    lane->carry(lane, parcel);
  return true;
}

bool ExchangeEnd::receive(Frame& frame) {
  if (seat_->is(Role::publisher)) {
    const std::lock_guard completed(seat_->out);  // a join() that is under way
  }
  while (auto item = seat_->take()) {
    const auto& from = item->lane->from->id();
    if (item->ended) {
      seat_->observer.unmatched(from, *item->ended);
      meeting_.told(seat_, from);
      continue;
    }
    if (!item->tail) item->lane->took(item->parcel);
    frame = carriage_.unpack(std::move(item->parcel));
    if (seat_->is(Role::inbox)) frame.path = ReturnPath(std::as_bytes(std::span(&from, 1)));
    return true;
  }
  return false;
}

class Exchange final : public Transport {
 public:
  explicit Exchange(const Carriage& carriage) : carriage_(carriage) {}
  [[nodiscard]] std::string_view scheme() const noexcept override { return carriage_.scheme; }
  [[nodiscard]] Traits traits() const noexcept override { return carriage_.traits; }
  [[nodiscard]] Endpoint own_endpoint(const PortId& id) const override {
    return {std::string(carriage_.scheme), own_name(id)};
  }
  Result<std::unique_ptr<End>> open(EndOptions options, LinkObserver& observer) override;

 private:
  const Carriage carriage_;
  Meeting meeting_;
};

Result<std::unique_ptr<End>> Exchange::open(EndOptions options, LinkObserver& observer) {
  WEFT_TRY(auto event,
           sys::open("eventfd", carriage_.scheme, [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
  auto seat = std::make_shared<Seat>(std::move(options), observer, std::move(event));
  return std::unique_ptr<End>(std::make_unique<ExchangeEnd>(carriage_, meeting_, std::move(seat)));
}

}  // namespace

Result<std::unique_ptr<Transport>> make_exchange(const Carriage& carriage) {
  return std::unique_ptr<Transport>(std::make_unique<Exchange>(carriage));
}

}  // namespace weft::transport
