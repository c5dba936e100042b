#include "node/subscriber_port.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weft::node {

Result<std::unique_ptr<SubscriberPort>> SubscriberPort::create(const Maker& maker, Contract contract,
                                                               const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  const auto fingerprint = contract.schema.empty() ? 0 : fingerprint_of(contract.schema);
  transport::EndOptions options;
  options.role = transport::Role::subscriber;
  options.name = contract.name;
  options.reliable = qos.reliability == Reliability::reliable;
  options.depth = qos.depth;
  options.stall = qos.stall;
  contract.reliable = options.reliable;
  contract.depth = qos.depth;
  options.announcement = announce(contract, maker.origin());
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::subscriber, contract));
  return std::unique_ptr<SubscriberPort>(
      new SubscriberPort(std::move(ends), std::move(presence), fingerprint));
}

SubscriberPort::SubscriberPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
                               std::uint64_t fingerprint)
    : ends_(std::move(ends)), presence_(std::move(presence)), fingerprint_(fingerprint) {}

Result<std::string> SubscriberPort::bind(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  auto bound = presence_->bind_by_hand([&] { return ends_->bind(uri); });
  fold_parted();
  return bound;
}

Result<void> SubscriberPort::connect(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  auto connected = presence_->connect_by_hand(uri, [&] { return ends_->connect(uri); });
  fold_parted();
  return connected;
}

void SubscriberPort::fold_parted() {
  ends_->fold_parted([&](const Links& links) {
    return (taken_.left != 0 && taken_.links == &links) ||
           std::ranges::find(early_, &links, &Incoming::links) != early_.end();
  });
}

Incoming* SubscriberPort::take_frame() {
  const ThreadCheck::Inside inside(check_);
  for (;;) {
    if (taken_.left != 0) [[unlikely]]
      drop_rest();
    ends_->look();
    bool any = !early_.empty();
    if (any) [[unlikely]] {
      taken_ = std::move(early_.front());
      early_messages_ -= taken_.view.header.count;
      early_.pop_front();
    } else {
      any = look(taken_);
    }
    ends_->note(any);
    if (!any) return nullptr;
    if (taken_.view.header.count == 1) [[likely]]
      return &taken_;
    taken_.open();
    if (taken_.next()) return &taken_;
  }
}

/// What is left of a frame of several messages is none.
void SubscriberPort::drop_rest() {
  taken_.links->dropped(taken_.view.header.source, DropCause::undecodable, std::exchange(taken_.left, 0));
  taken_.release();
}

// From the first end that has one. A frame that is no message for us does not end the search.
bool SubscriberPort::look(Incoming& taken) {
  auto& slots = ends_->slots();
  const auto n = slots.size();
  for (std::size_t idle = 0; idle < n;) {
    if (next_ >= n) next_ = 0;
    auto& slot = slots[next_++];
    if (!slot.end->receive(taken.frame)) {
      ++idle;
      continue;
    }
    idle = 0;
    taken.links = slot.links.get();
    if (examine(taken)) return true;
  }
  return false;
}

/// Completes what was taken; false if it is no message for us.
bool SubscriberPort::examine(Incoming& taken) {
  auto& links = *taken.links;
  const auto parsed = wire::parse_frame(taken.frame.bytes, taken.view);
  const auto& header = taken.view.header;
  auto* row = parsed ? links.find(header.source) : nullptr;
  if (row == nullptr) {
    links.stray();
    return false;
  }
  if (header.kind == wire::Kind::tail) {
    row->tail(header.sequence);
    return false;
  }
  row->arrived(header.sequence, header.count);
  const bool message = header.kind == wire::Kind::message || header.kind == wire::Kind::flat;
  const bool own_type = message && header.fingerprint == fingerprint_ && fingerprint_ != 0;
  if (!own_type && !can_read(header, *row->verdict)) {
    row->drop(DropCause::undecodable, header.count);
    return false;
  }
  if (own_type) [[likely]] {
    taken.writer = nullptr;
  } else {
    taken.writer = row->verdict;
  }
  return true;
}

// Another type than the port's own: it takes a plan, or a port that reads any type, or, with fingerprint 0, a
// peer that vouches for nothing.
bool SubscriberPort::can_read(const wire::Header& header, const Verdict& writer) const {
  if (header.kind != wire::Kind::message) return false;
  if (header.fingerprint == 0) return fingerprint_ != 0;
  return header.fingerprint == writer.fingerprint && (writer.plan || writer.schema);
}

void SubscriberPort::settle(bool readable) {
  if (taken_.left == 0) [[likely]]
    taken_.release();
  const auto& source = taken_.view.header.source;
  if (readable) [[likely]]
    return taken_.links->delivered(source, 1);
  taken_.links->dropped(source, DropCause::undecodable, 1);
}

void SubscriberPort::settle(std::uint32_t readable, std::uint32_t unreadable) {
  if (taken_.left == 0) taken_.release();
  const auto& source = taken_.view.header.source;
  if (readable != 0) taken_.links->delivered(source, readable);
  if (unreadable != 0) taken_.links->dropped(source, DropCause::undecodable, unreadable);
}

Error SubscriberPort::in_vain(std::string what) const {
  const auto unread = counters().total.dropped[std::size_t(DropCause::undecodable)];
  if (unread != 0) what += fmt::format("; {} came that cannot be read", unread);
  return presence_->in_vain(Errc::timeout, what);
}

Result<void> SubscriberPort::wait(Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  WEFT_TRY(const bool woken, ends_->wait(deadline));
  if (woken) return {};
  auto late = in_vain("no message in time");
  late.code = Errc::timeout;
  return late;
}

std::size_t SubscriberPort::early_room() const {
  return std::size_t(ends_->options().depth) * std::max(ends_->live(), 1U);
}

// Link changes come in with the frames: what arrives meanwhile is kept for take(). False if there may be more:
// a fast publisher does not keep the caller from its deadline.
bool SubscriberPort::gather_early() {
  ends_->look();
  for (auto left = ends_->options().depth; left > 0; --left) {
    if (ends_->options().reliable && early_messages_ >= early_room()) return false;
    Incoming taken;
    if (!look(taken)) return true;
    early_messages_ += taken.view.header.count;
    early_.push_back(std::move(taken));
    if (early_messages_ <= early_room()) continue;
    const auto& header = early_.front().view.header;
    early_.front().links->dropped(header.source, DropCause::full, header.count);
    early_messages_ -= header.count;
    early_.pop_front();
  }
  return false;
}

std::uint32_t SubscriberPort::matched() {
  const ThreadCheck::Inside inside(check_);
  const bool all = gather_early();
  ends_->note(!all || has_early());
  return ends_->live();
}

std::optional<PeerEvent> SubscriberPort::next_event() {
  if (auto event = ends_->events().take()) return event;
  [[maybe_unused]] const auto looked = matched();
  return ends_->events().take();
}

Result<void> SubscriberPort::wait_matched(std::uint32_t n, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  for (;;) {
    const bool all = gather_early();
    ends_->note(!all || has_early());
    if (ends_->live() >= n) return {};
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    if (!all && ends_->options().reliable && early_messages_ >= early_room()) return full();
    WEFT_TRY(const bool again, all ? ends_->wait(deadline) : Result<bool>(!deadline.has_passed(now())));
    if (!again) return in_vain(fmt::format("{} of {} publishers matched in time", ends_->live(), n));
  }
}

Error SubscriberPort::full() const {
  return Error{
      Errc::resource_exhausted,
      fmt::format("{}: {} messages wait, which must not be lost; receive them, then wait for publishers",
                  ends_->name(), early_messages_)};
}

Result<int> SubscriberPort::fd() {
  const ThreadCheck::Inside inside(check_);
  return ends_->fd();
}

}  // namespace weft::node
