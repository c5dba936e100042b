#include "node/server_port.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "node/calls.hpp"

namespace weft::node {

namespace {

constexpr Duration least_retry_after = std::chrono::milliseconds(1);

/// A server that is busy looks so often at the latest at what has arrived.
constexpr Duration look_period = std::chrono::microseconds(100);

/// So many frames are taken in at a time, of whatever kind: who asks too much and is turned away, or sends what is no request,
/// neither keeps the server from its work nor from its deadlines.
constexpr std::size_t most_at_once = 1000;

}  // namespace

Result<std::unique_ptr<ServerPort>> ServerPort::create(const Maker& maker, Contract contract,
                                                       const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  const auto fingerprint = fingerprint_of(contract.schema);
  transport::EndOptions options;
  options.role = transport::Role::inbox;
  options.name = contract.name;
  options.reliable = true;
  options.depth = qos.depth;
  options.stall = qos.stall;
  contract.depth = qos.depth;
  options.announcement = announce(contract, maker.origin());
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::server, contract));
  return std::unique_ptr<ServerPort>(new ServerPort(std::move(ends), std::move(presence), fingerprint, qos));
}

ServerPort::ServerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
                       std::uint64_t request_fingerprint, const Qos& qos)
    : ends_(std::move(ends)),
      presence_(std::move(presence)),
      fingerprint_(request_fingerprint),
      most_waiting_(qos.waiting) {}

Result<std::string> ServerPort::bind(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  return presence_->bind_by_hand([&] { return ends_->bind(uri); });
}

Arrival* ServerPort::take() {
  const ThreadCheck::Inside inside(check_);
  if (!taken_.empty()) put_away(taken_, taken_.begin());
  called_off_ = false;
  begun_ = now();
  std::size_t left = most_at_once;
  bool read_all = begun_ - looked_ >= look_period && take_in(Much::all, left);
  for (;;) {
    if (waiting_.empty() && !read_all && left != 0) read_all = take_in(Much::one, left);
    if (waiting_.empty()) break;
    const auto next = waiting_.begin();
    if (!next->deadline.has_passed(begun_)) {
      taken_.splice(taken_.end(), waiting_, next);
      ends_->note(true);
      return &taken_.front();
    }
    counts_.late.add();
    put_away(waiting_, next);
  }
  unread_ = !read_all;
  ends_->note(unread_);
  return nullptr;
}

/// Takes in the first request that has arrived, or everything, but no more than `left` frames, and counts them off: whether
/// nothing is left there. To read once more, in vain, costs a system call.
bool ServerPort::take_in(Much much, std::size_t& left) {
  ends_->look();
  if (much == Much::all) looked_ = begun_;
  auto& slots = ends_->slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto& slot = slots[(turn_ + i) % slots.size()];
    for (;;) {
      if (spare_.empty()) spare_.emplace_back();
      auto& arrival = spare_.front();
      if (!slot.end->receive(arrival.incoming.frame)) break;
      arrival.end = slot.end.get();
      arrival.traits = slot.traits;
      arrival.links = slot.links.get();
      if (examine(arrival, *slot.links)) waiting_.splice(waiting_.end(), spare_, spare_.begin());
      const bool enough = much == Much::one && !waiting_.empty();
      if (--left == 0) turn_ += i + 1;  // another is the first to be read next
      if (left == 0 || enough) return false;
    }
  }
  return true;
}

/// Whether it is a request that is to wait.
bool ServerPort::examine(Arrival& arrival, Links& links) {
  auto& incoming = arrival.incoming;
  if (auto parsed = wire::parse_frame(incoming.frame.bytes, incoming.view); !parsed) {
    incoming.view.header = {};
    answer(arrival, header_for(arrival), parsed.error());
    return false;
  }
  if (incoming.view.header.kind == wire::Kind::cancel) {
    cancel(arrival);
    return false;
  }
  if (!is_readable(incoming, links)) {
    answer(arrival, header_for(arrival),
           Error{Errc::incompatible,
                 "the request is of another type than the service's, and its sender did not "
                 "announce it; send fingerprint 0 or the service's"});
    return false;
  }
  const auto remaining = incoming.view.header.remaining;
  arrival.deadline = remaining ? Deadline(*remaining) : Deadline::none();
  counts_.received.add();
  return has_room(arrival);
}

bool ServerPort::is_readable(Incoming& incoming, Links& links) const {
  const auto& header = incoming.view.header;
  const bool flat = header.kind == wire::Kind::flat && header.fingerprint == fingerprint_;
  const bool message = header.kind == wire::Kind::message || flat;
  const bool own_type = header.fingerprint == fingerprint_ || header.fingerprint == 0;
  auto* row = own_type ? nullptr : links.find(header.source);
  const bool by_plan =
      row != nullptr && row->verdict->plan && row->verdict->fingerprint == header.fingerprint;
  incoming.writer = by_plan ? row->verdict : nullptr;
  incoming.links = &links;
  return message && (own_type || by_plan);
}

/// Turns it away, if there is none.
bool ServerPort::has_room(const Arrival& arrival) {
  if (waiting_.size() < most_waiting_ && !draining_) return true;
  counts_.turned_away.add();
  Error error{Errc::unavailable, "the server is about to end"};
  if (!draining_) {
    error = {Errc::resource_exhausted, fmt::format("{} requests wait for the server", waiting_.size())};
    error.retry_after = retry_after();
  }
  answer(arrival, header_for(arrival), error);
  return false;
}

/// When those that wait now will be done, as far as can be told.
Duration ServerPort::retry_after() const noexcept {
  const auto waiting = std::int64_t(waiting_.size());
  const auto work = std::min(mean_work_, most_retry_after / waiting);
  return std::max(work * waiting, least_retry_after);
}

void ServerPort::cancel(const Arrival& cancel) {
  const auto is_meant = [&](const Arrival& arrival) {
    const auto& [one, other] =
        std::pair(arrival.incoming.frame.path.bytes(), cancel.incoming.frame.path.bytes());
    return arrival.end == cancel.end && std::ranges::equal(one, other) &&
           arrival.incoming.view.header.sequence == cancel.incoming.view.header.sequence;
  };
  if (!taken_.empty() && is_meant(taken_.front())) {
    called_off_ = true;
    return;
  }
  const auto waits = std::ranges::find_if(waiting_, is_meant);
  if (waits == waiting_.end()) return;
  counts_.cancelled.add();
  put_away(waiting_, waits);
}

/// The transport's memory goes back.
void ServerPort::put_away(Arrivals& from, Arrivals::iterator arrival) {
  arrival->incoming.frame.keeper = {};
  arrival->incoming.frame.object.reset();
  spare_.splice(spare_.end(), from, arrival);
}

bool ServerPort::is_given_up() {
  const ThreadCheck::Inside inside(check_);
  if (taken_.empty()) return true;
  std::size_t left = most_at_once;
  take_in(Much::all, left);
  return called_off_ || taken_.front().deadline.has_passed(now());
}

wire::Header ServerPort::header_for(const Arrival& arrival) const {
  wire::Header header;
  header.source = ends_->options().id;
  header.sequence = arrival.incoming.view.header.sequence;
  header.stamp = wall_now();
  return header;
}

void ServerPort::reply(const Outgoing& response) {
  const auto& arrival = taken_.front();
  const auto* path = &arrival.incoming.frame.path;
  end_work();
  if (path->empty()) return;
  const Road road{*arrival.end, arrival.traits, *arrival.links, path};
  auto sent = transmit(road, header_for(arrival), response, Deadline::passed());
  if (!sent && sent.error().code == Errc::too_big) answer(arrival, header_for(arrival), sent.error());
}

void ServerPort::reply(const Error& error) {
  const auto& arrival = taken_.front();
  end_work();
  answer(arrival, header_for(arrival), error);
}

void ServerPort::answer(const Arrival& arrival, const wire::Header& header, const Error& error) {
  const auto& path = arrival.incoming.frame.path;
  if (path.empty()) return;
  // Fails only if the caller has gone or takes nothing: nobody is left to be told.
  [[maybe_unused]] const auto sent = transmit_error(*arrival.end, header, error, path);
}

void ServerPort::end_work() noexcept {
  counts_.answered.add();
  constexpr int weight = 8;  // of all before against this one
  mean_work_ += (now() - begun_ - mean_work_) / weight;
}

void ServerPort::withdraw() {
  const ThreadCheck::Inside inside(check_);
  presence_->withdraw();
}

void ServerPort::turn_away() {
  const ThreadCheck::Inside inside(check_);
  std::size_t left = most_at_once;
  take_in(Much::all, left);
  draining_ = true;
}

std::size_t ServerPort::send_back() {
  const ThreadCheck::Inside inside(check_);
  const auto count = waiting_.size();
  while (!waiting_.empty()) {
    const auto& arrival = waiting_.front();
    answer(arrival, header_for(arrival),
           Error{Errc::unavailable, "the server ended before it came to this request"});
    counts_.turned_away.add();
    put_away(waiting_, waiting_.begin());
  }
  return count;
}

Result<void> ServerPort::wait(Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  if (unread_ && !deadline.has_passed(now())) return {};
  WEFT_TRY(const bool woken, ends_->wait(deadline));
  if (!woken) return Error{Errc::timeout, fmt::format("{}: no request in time", ends_->name())};
  return {};
}

Result<int> ServerPort::fd() {
  const ThreadCheck::Inside inside(check_);
  return ends_->fd();
}

}  // namespace weft::node
