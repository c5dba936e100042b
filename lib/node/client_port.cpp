#include "node/client_port.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "node/back_off.hpp"
#include "node/calls.hpp"

namespace weft::node {

using State = Pending::State;

namespace {

/// How long a call rests that no server's transport had room for, though fewer calls are under way than it takes: those
/// that were given up may fill it.
constexpr Duration room_pause = std::chrono::milliseconds(1);

}  // namespace

Result<std::unique_ptr<ClientPort>> ClientPort::create(const Maker& maker, Contract contract,
                                                       const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  const auto fingerprint = contract.response.empty() ? 0 : fingerprint_of(contract.response);
  transport::EndOptions options;
  options.role = transport::Role::sender;
  options.name = contract.name;
  options.reliable = true;
  options.depth = qos.depth;
  options.stall = qos.stall;
  contract.depth = qos.depth;
  options.announcement = announce(contract, maker.origin());
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::client, contract));
  return std::unique_ptr<ClientPort>(new ClientPort(std::move(ends), std::move(presence), fingerprint, qos));
}

ClientPort::ClientPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
                       std::uint64_t response_fingerprint, const Qos& qos)
    : ends_(std::move(ends)),
      presence_(std::move(presence)),
      fingerprint_(response_fingerprint),
      idempotent_(qos.idempotent),
      depth_(qos.depth),
      random_(std::uint32_t(ends_->options().id.context ^ ends_->options().id.port)) {}

Result<void> ClientPort::connect(std::string_view uri) {
  const Turn turn(*this);
  auto connected = presence_->connect_by_hand(uri, [&] { return ends_->connect_apart(uri); });
  ends_->fold_parted([](const Links&) { return false; });  // replies that wait do not point to them
  return connected;
}

ClientPort::Place ClientPort::begin(const Outgoing& request, Deadline deadline) {
  const Turn turn(*this);
  if (calls_.count() == 0) take_in();  // else whoever waits for the others does
  const auto place = calls_.add(deadline);
  auto& call = calls_[place];
  send(call, request);
  const bool may_go_later = call.state == State::resting || (call.state == State::sent && idempotent_);
  if (may_go_later) {
    call.fingerprint = request.type.fingerprint;
    call.request.resize(request.type.encoded_size(request.message));
    request.type.encode(request.message, call.request);
  }
  if (alarm_) alarm_->set_no_later_than(call.next());
  return place;
}

/// Link changes, and every reply that has arrived; or, where one call is asked for, until that is finished: to read once
/// more, in vain, costs a system call.
void ClientPort::take_in(const Pending* until) {
  if (cut_short_) {
    until = nullptr;  // to the end: a look may close a slot, whose last replies would be lost
  } else {
    ends_->look();
  }
  unread_ = true;
  cut_short_ = true;
  transport::Frame frame;
  for (auto& slot : ends_->slots()) {
    while (slot.end->receive(frame)) {
      take_reply(slot, std::move(frame));
      if (until != nullptr && until->state == State::finished) return;
    }
    settle_lost(slot);
  }
  cut_short_ = false;
  unread_ = false;
}

/// What had arrived when its link ended was read: of the calls that went by it the others are lost.
void ClientPort::settle_lost(Ends::Slot& slot) {
  const auto ended = slot.links->ended();
  if (std::exchange(slot.outstanding_of, ended) == ended) return;
  slot.outstanding = 0;
  calls_.for_each_sent([&](Pending& call) {
    if (call.slot != slot.number || call.ended == ended) return;
    settle(call, Error{Errc::unavailable, fmt::format("{}: the server died during the call", ends_->name())});
  });
}

void ClientPort::take_reply(Ends::Slot& slot, transport::Frame frame) {
  wire::FrameView view;
  if (!wire::parse_frame(frame.bytes, view)) return;
  auto* call = calls_.find(view.header.sequence);
  if (call == nullptr || call->slot != slot.number) return;
  leave(*call, slot);
  settle(*call, accept(std::move(frame), view, *slot.links));
}

/// It is not among the server's outstanding calls any more, if that has still the link that it went by.
void ClientPort::leave(const Pending& call, Ends::Slot& slot) noexcept {
  if (call.ended == slot.outstanding_of && slot.outstanding != 0) --slot.outstanding;
}

Result<Incoming> ClientPort::accept(transport::Frame frame, const wire::FrameView& view, Links& links) const {
  if (view.header.kind == wire::Kind::error) return remote_error(view.payload).within(ends_->name());
  const bool own_type = view.header.fingerprint == fingerprint_ && fingerprint_ != 0;
  const bool readable =
      own_type || view.header.kind == wire::Kind::message;  // raw memory is read by its own type only
  auto* row = own_type ? nullptr : links.find(view.header.source);
  Incoming incoming{view, std::move(frame), row != nullptr ? row->verdict : nullptr, nullptr};
  const bool untyped = view.header.fingerprint == 0 && fingerprint_ != 0;
  const bool by_plan = incoming.writer && incoming.writer->fingerprint == view.header.fingerprint;
  if (readable && (own_type || untyped || by_plan)) return incoming;
  return Error{Errc::incompatible,
               fmt::format("{}: the reply is of a type that the server did not announce", ends_->name())};
}

/// What came of an attempt: it is the call's, or the call rests until the next.
void ClientPort::settle(Pending& call, Result<Incoming> outcome) {
  const bool expired = !outcome && outcome.error().code == Errc::cancelled && call.deadline.has_passed(now());
  if (expired) outcome = no_reply();  // its server knew of the deadline, and said first that nobody waits
  const auto pause = outcome ? std::nullopt : pause_after(call, outcome.error());
  call.outcome = std::move(outcome);
  if (!pause) return calls_.finish(call);
  call.state = State::resting;
  call.due = now() + *pause;
  if (alarm_) alarm_->set_no_later_than(call.due);
}

/// How long to rest until the next attempt; nothing if there is none.
std::optional<Duration> ClientPort::pause_after(const Pending& call, const Error& error) {
  const bool undone = error.code == Errc::unavailable || error.code == Errc::resource_exhausted;
  if (!idempotent_ || !undone) return std::nullopt;
  const auto pause = std::max(back_off(call.attempt, std::uint32_t(random_()) * 2), error.retry_after);
  return pause < call.deadline.left(now()) ? std::optional(pause) : std::nullopt;
}

Ends::Slot* ClientPort::choose(const Pending& call) {
  auto& slots = ends_->slots();
  candidates_.clear();
  for (auto& slot : slots) {
    const bool settled = slot.links->ended() == slot.outstanding_of;  // else at the next look
    const bool failed = call.attempt != 0 && call.slot == slot.number;
    candidates_.push_back({settled && slot.links->live() != 0 && slot.outstanding < depth_,
                           slot.parting || failed, slot.outstanding});
  }
  const auto chosen = node::choose(candidates_, turn_);
  if (!chosen) return nullptr;
  turn_ = *chosen + 1;
  return &slots[*chosen];
}

/// Sends it, if there is a server that takes it; else it goes on resting.
void ClientPort::send(Pending& call, const Outgoing& request) {
  call.due = Instant::min();
  auto* slot = choose(call);
  if (slot == nullptr) {
    take_in();
    slot = choose(call);
  }
  if (slot == nullptr) {
    auto refusal = ends_->live() == 0 ? ends_->refusal() : std::nullopt;
    if (refusal) settle(call, *std::move(refusal));
    return;
  }
  calls_.number(call);
  wire::Header header;
  header.source = ends_->options().id;
  header.sequence = call.number;
  header.stamp = wall_now();
  header.attempt = call.attempt + 1;
  if (!call.deadline.is_none()) header.remaining = call.deadline.left(now());
  auto sent =
      transmit({*slot->end, slot->traits, *slot->links, nullptr}, header, request, Deadline::passed());
  if (sent) {
    unread_ = true;
    call.state = State::sent;
    ++call.attempt;
    call.slot = slot->number;
    call.ended = slot->links->ended();
    ++slot->outstanding;
    return;
  }
  call.outcome = std::move(sent).error().within(ends_->name());
  const auto code = call.outcome.error().code;
  if (code != Errc::timeout && code != Errc::unavailable) return calls_.finish(call);
  call.state = State::resting;
  call.due = now() + room_pause;
}

void ClientPort::send_again(Pending& call) {
  const auto type = support_for_encoded({}, call.fingerprint);
  send(call, {type, &call.request});
}

Ends::Slot* ClientPort::slot_of(const Pending& call) {
  auto& slots = ends_->slots();
  const auto slot = std::ranges::find(slots, call.slot, &Ends::Slot::number);
  return slot == slots.end() ? nullptr : &*slot;
}

/// Whether the link has ended by which it went.
bool ClientPort::is_lost(const Pending& call) {
  const auto* slot = slot_of(call);
  return slot == nullptr || slot->links->ended() != call.ended;
}

/// Does what there is to do for it: whether it is finished.
bool ClientPort::advance(Pending& call) {
  if (call.state == State::finished) return true;
  take_in(&call);
  if (call.state == State::finished) return true;
  const auto time = now();
  const bool expired = call.deadline.has_passed(time);
  if (call.state == State::resting && call.due <= time && !expired) send_again(call);
  if (call.state == State::finished) return true;
  if (!expired) {
    ring_for(call, time);
    return false;
  }
  call.outcome = why_expired(call);
  return true;
}

Error ClientPort::why_expired(const Pending& call) const {
  if (call.state == State::sent) return no_reply();
  const auto& error = call.outcome.error();
  return error.code == Errc{} ? nobody() : error;
}

Error ClientPort::no_reply() const {
  return {Errc::timeout, fmt::format("{}: no reply in time; the server is still at it, or has others before",
                                     ends_->name())};
}

Result<Incoming> ClientPort::take(Pending& call) {
  auto outcome = std::move(call.outcome);
  give_up(call);
  return outcome;
}

/// Its place becomes free. A server that drops its request says nothing, so it counts no more there, whatever becomes of it:
/// the transport's own mark is the bound of what the server has not read.
void ClientPort::give_up(Pending& call) {
  if (call.state == State::sent) {
    if (auto* slot = slot_of(call)) leave(call, *slot);
  }
  calls_.release(call);
}

std::optional<Result<Incoming>> ClientPort::poll(Place place) {
  const Turn turn(*this);
  auto& call = calls_[place];
  if (!advance(call)) return std::nullopt;
  return take(call);
}

Result<Incoming> ClientPort::wait(Place place) {
  const Turn turn(*this);
  auto& call = calls_[place];
  while (!advance(call)) {
    if (unread_) continue;  // it was sent again
    if (auto woken = ends_->wait(Deadline::at(call.next())); !woken) {
      give_up(call);
      return std::move(woken).error();
    }
  }
  return take(call);
}

void ClientPort::cancel(Place place) {
  const Turn turn(*this);
  auto& call = calls_[place];
  if (call.state == State::sent) tell_cancelled(call);
  give_up(call);
}

/// As far as there is room: who is not told does the work for nothing.
void ClientPort::tell_cancelled(const Pending& call) {
  auto* slot = slot_of(call);
  if (slot == nullptr || is_lost(call) || slot->links->is_foreign()) return;
  wire::Header header;
  header.kind = wire::Kind::cancel;
  header.source = ends_->options().id;
  header.sequence = call.number;
  header.stamp = wall_now();
  transport::Loan loan;
  if (!slot->end->loan(loan, wire::header_size(header), nullptr, Deadline::passed())) return;
  wire::write_header(header, loan.bytes);
  slot->end->send(loan);
  unread_ = true;
}

/// The alarm may ring for a call that was answered since; it is set anew when somebody asks then, for that costs a system
/// call.
void ClientPort::ring_for(const Pending& call, Instant time) {
  if (!alarm_) return;
  if (alarm_->at() <= time) return alarm_->set(calls_.next());
  alarm_->set_no_later_than(call.next());
}

/// What the descriptor says. Where no call is left nobody asks any more: nothing is said, and the alarm does not ring.
void ClientPort::tell() noexcept {
  if (!alarm_) return;
  const bool idle = calls_.count() == 0;
  ends_->note(calls_.finished() != 0 || (unread_ && !idle));
  if (idle && alarm_->at() != Instant::max()) alarm_->set(Instant::max());
}

Result<int> ClientPort::fd() {
  const Turn turn(*this);
  if (!alarm_) {
    WEFT_TRY(auto alarm, run::Alarm::create());
    alarm.set(calls_.next());
    WEFT_CHECK(ends_->poll_also(alarm.fd()));
    alarm_.emplace(std::move(alarm));
    take_in();
  }
  return ends_->fd();
}

Error ClientPort::nobody() const {
  return presence_->in_vain(
      Errc::unavailable, "no server answers, or each has as many calls of this client as Qos::depth allows");
}

std::uint32_t ClientPort::matched() {
  const Turn turn(*this);
  take_in();
  return ends_->live();
}

std::optional<PeerEvent> ClientPort::next_event() {
  if (auto event = ends_->events().take()) return event;
  [[maybe_unused]] const auto looked = matched();
  return ends_->events().take();
}

Result<void> ClientPort::wait_matched(std::uint32_t n, Deadline deadline) {
  const Turn turn(*this);
  for (;;) {
    take_in();
    if (ends_->live() >= n) return {};
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (woken) continue;
    return presence_->in_vain(Errc::timeout,
                              fmt::format("{} of {} servers matched in time", ends_->live(), n));
  }
}

}  // namespace weft::node
