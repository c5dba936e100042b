#include "node/client_port.hpp"

#include <utility>

#include <fmt/format.h>

#include "node/calls.hpp"

namespace weft::node {

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
  return std::unique_ptr<ClientPort>(new ClientPort(std::move(ends), std::move(presence), fingerprint));
}

ClientPort::ClientPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
                       std::uint64_t response_fingerprint)
    : ends_(std::move(ends)), presence_(std::move(presence)), fingerprint_(response_fingerprint) {}

Result<void> ClientPort::connect(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  auto connected = presence_->connect_by_hand(uri, [&] { return ends_->connect_apart(uri); });
  ends_->fold_parted([](const Links&) { return false; });  // a reply is read before the next is asked for
  return connected;
}

Result<Incoming> ClientPort::call(const Outgoing& request, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  WEFT_TRY(auto* slot, choose(deadline));
  const auto ended_before = slot->links->ended();
  wire::Header header;
  header.source = ends_->options().id;
  header.sequence =
      ends_->course().sequence.fetch_add(1, std::memory_order_relaxed) + 1;  // a number: pairs with nothing
  header.stamp = wall_now();
  auto sent = transmit({*slot->end, slot->traits, *slot->links, nullptr}, header, request, deadline);
  if (!sent) return std::move(sent).error().within(ends_->name());
  ++slot->outstanding;
  return await(*slot, header.sequence, ended_before, deadline);
}

/// Link changes, and replies that nobody waits for any more: of every server but one, to which a call is under way.
void ClientPort::take_in(const Ends::Slot* but) {
  if (but != nullptr) {
    ends_->forget_wakes();  // what has arrived waits, for the slots to stay where they are
  } else {
    ends_->look();
  }
  transport::Frame frame;
  for (auto& slot : ends_->slots()) {
    if (&slot == but) continue;
    while (slot.end->receive(frame))
      answered(slot);
  }
}

// Waits for a server if there is none.
Result<Ends::Slot*> ClientPort::choose(Deadline deadline) {
  for (;;) {
    take_in();
    auto& slots = ends_->slots();
    candidates_.clear();
    for (auto& slot : slots) {
      const auto ended = slot.links->ended();
      if (std::exchange(slot.outstanding_of, ended) != ended) slot.outstanding = 0;
      candidates_.push_back({slot.links->live() != 0, slot.outstanding});
    }
    if (const auto chosen = node::choose(candidates_, turn_)) {
      turn_ = *chosen + 1;
      return &slots[*chosen];
    }
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (woken) continue;
    return nobody();
  }
}

Error ClientPort::nobody() const {
  return presence_->in_vain(Errc::unavailable, "no server answers, or it is busy with another call");
}

Result<Incoming> ClientPort::await(Ends::Slot& slot, std::uint64_t call, std::uint64_t ended_before,
                                   Deadline deadline) {
  for (;;) {
    take_in(&slot);  // the others too: what stays unread there ends every wait at once
    transport::Frame frame;
    while (slot.end->receive(frame)) {
      answered(slot);
      auto view = wire::parse_frame(frame.bytes);
      if (view && view->header.sequence == call) return accept(std::move(frame), *view, *slot.links);
    }
    if (slot.links->ended() != ended_before) {
      return Error{Errc::unavailable, fmt::format("{}: the server died during the call", ends_->name())};
    }
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (woken) continue;
    return Error{Errc::timeout, fmt::format("{}: no reply in time; {}", ends_->name(), presence_->advice())};
  }
}

Result<Incoming> ClientPort::accept(transport::Frame frame, const wire::FrameView& view, Links& links) const {
  if (view.header.kind == wire::Kind::error) return remote_error(view.payload).within(ends_->name());
  const bool own_type = view.header.fingerprint == fingerprint_ && fingerprint_ != 0;
  const bool readable =
      own_type || view.header.kind == wire::Kind::message;  // raw memory is read by its own type only
  auto* row = own_type ? nullptr : links.find(view.header.source);
  Incoming incoming{view, std::move(frame), row != nullptr ? row->verdict : nullptr, &links};
  const bool untyped = view.header.fingerprint == 0 && fingerprint_ != 0;
  const bool by_plan = incoming.writer && incoming.writer->fingerprint == view.header.fingerprint;
  if (readable && (own_type || untyped || by_plan)) return incoming;
  return Error{Errc::incompatible,
               fmt::format("{}: the reply is of a type that the server did not announce", ends_->name())};
}

std::uint32_t ClientPort::matched() {
  const ThreadCheck::Inside inside(check_);
  take_in();
  return ends_->live();
}

std::optional<PeerEvent> ClientPort::next_event() {
  if (auto event = ends_->events().take()) return event;
  [[maybe_unused]] const auto looked = matched();
  return ends_->events().take();
}

Result<void> ClientPort::wait_matched(std::uint32_t n, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
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
