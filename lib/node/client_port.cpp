#include "node/client_port.hpp"

#include <fmt/format.h>

#include "node/calls.hpp"

namespace weft::node {

Result<std::unique_ptr<ClientPort>> ClientPort::create(std::shared_ptr<Context> context, Contract contract,
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
  options.announcement = announce(contract);
  WEFT_TRY(auto ends, Ends::create(std::move(context), std::move(options), judge_by(std::move(contract))));
  return std::unique_ptr<ClientPort>(new ClientPort(std::move(ends), fingerprint));
}

ClientPort::ClientPort(std::unique_ptr<Ends> ends, std::uint64_t response_fingerprint)
    : ends_(std::move(ends)), fingerprint_(response_fingerprint) {}

Result<void> ClientPort::connect(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  return ends_->connect_apart(uri);
}

Result<Incoming> ClientPort::call(const Outgoing& request, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  WEFT_TRY(auto* slot, choose(deadline));
  const auto ended_before = slot->links->ended();
  wire::Header header;
  header.source = ends_->options().id;
  header.sequence =
      ends_->sequence().fetch_add(1, std::memory_order_relaxed) + 1;  // a number: pairs with nothing
  header.stamp = wall_now();
  auto sent = transmit({*slot->end, slot->traits, *slot->links, nullptr}, header, request, deadline);
  if (!sent) return std::move(sent).error().within(ends_->name());
  return await(*slot, header.sequence, ended_before, deadline);
}

/// Link changes, and replies that nobody waits for any more: of every server but one.
void ClientPort::take_in(const Ends::Slot* but) {
  ends_->look();
  transport::Frame frame;
  for (auto& slot : ends_->slots()) {
    if (&slot == but) continue;
    while (slot.end->receive(frame)) {
    }
  }
}

// Each matched server in turn; waits for one if there is none.
Result<Ends::Slot*> ClientPort::choose(Deadline deadline) {
  for (;;) {
    take_in();
    auto& slots = ends_->slots();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      auto& slot = slots[turn_++ % slots.size()];
      if (slot.links->live() != 0) return &slot;
    }
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (woken) continue;
    return nobody();
  }
}

Error ClientPort::nobody() const {
  return Error{
      Errc::unavailable,
      fmt::format("{}: no server answers; is one running at the endpoint, and not busy with another call?",
                  ends_->name())};
}

Result<Incoming> ClientPort::await(Ends::Slot& slot, std::uint64_t call, std::uint64_t ended_before,
                                   Deadline deadline) {
  for (;;) {
    take_in(&slot);  // the others too: what stays unread there ends every wait at once
    transport::Frame frame;
    while (slot.end->receive(frame)) {
      auto view = wire::parse_frame(frame.bytes);
      if (view && view->header.sequence == call) return accept(std::move(frame), *view, *slot.links);
    }
    if (slot.links->ended() != ended_before) {
      return Error{Errc::unavailable, fmt::format("{}: the server died during the call", ends_->name())};
    }
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (!woken) return Error{Errc::timeout, fmt::format("{}: no reply in time", ends_->name())};
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

Result<void> ClientPort::wait_matched(std::uint32_t n, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  for (;;) {
    take_in();
    if (ends_->live() >= n) return {};
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (woken) continue;
    return Error{Errc::timeout,
                 fmt::format("{}: {} of {} servers matched in time", ends_->name(), ends_->live(), n)};
  }
}

}  // namespace weft::node
