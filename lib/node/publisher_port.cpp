#include "node/publisher_port.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "wire/batch.hpp"

namespace weft::node {

using transport::Loan;

Result<std::unique_ptr<PublisherPort>> PublisherPort::create(const Maker& maker, Contract contract,
                                                             const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  transport::EndOptions options;
  options.role = transport::Role::publisher;
  options.name = contract.name;
  options.reliable = qos.reliability == Reliability::reliable;
  options.depth = qos.depth;
  options.stall = qos.stall;
  contract.reliable = options.reliable;
  contract.depth = qos.depth;
  options.announcement = announce(contract, maker.origin());
  options.schema = contract.schema;
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::publisher, contract));
  return std::unique_ptr<PublisherPort>(new PublisherPort(std::move(ends), std::move(presence), qos));
}

PublisherPort::PublisherPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, const Qos& qos)
    : ends_(std::move(ends)),
      presence_(std::move(presence)),
      reliable_(qos.reliability == Reliability::reliable) {
  header_.source = ends_->options().id;
}

Result<std::string> PublisherPort::bind(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  return presence_->bind_by_hand([&] { return ends_->bind(uri); });
}

Result<void> PublisherPort::connect(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  return presence_->connect_by_hand(uri, [&] { return ends_->connect(uri); });
}

Result<void> PublisherPort::send(const Outgoing& outgoing, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  WEFT_CHECK(gather(outgoing, nullptr, deadline));
  if (used_ == 0) [[unlikely]] {
    if (!anybody_listens(outgoing.count)) return {};
    if (auto gathered = gather(outgoing, nullptr, deadline); !gathered) {
      // Who came meanwhile may have been told that they were given out.
      ends_->course().sequence.fetch_add(outgoing.count,
                                         std::memory_order_seq_cst);  // pairs with Links::matched
      return gathered;
    }
  }
  emit(outgoing);
  return {};
}

Result<std::size_t> PublisherPort::send_all(const Outgoing& all, std::size_t count, Deadline deadline) {
  std::size_t sent = 0;
  look_who_takes_batches();
  while (sent < count) {
    Outgoing some{all.type, all.at(sent), nullptr, 1, all.stride};
    some.count = fitting(all, sent, count);
    some.sizes = sizes_;
    if (auto done = send(some, deadline); !done) {
      if (sent == 0) return std::move(done).error();
      break;
    }
    sent += some.count;
  }
  return sent;
}

/// As many messages may be in one frame as are half of what any link takes in flight; one, where somebody listens who takes no
/// more.
void PublisherPort::look_who_takes_batches() {
  auto depth = ends_->options().depth;
  for (const auto& slot : ends_->slots()) {
    if (slot.links->listening() == 0) continue;
    depth = std::min(depth, slot.traits.batches ? slot.links->peer_depth().value_or(depth) : 1);
  }
  most_together_ = std::max(depth / 2, 1U);
}

/// How many of them go into one frame, at least one.
std::uint32_t PublisherPort::fitting(const Outgoing& all, std::size_t first, std::size_t count) {
  const auto flat = all.type.flat_bytes;
  const auto most = std::min<std::size_t>(count - first, most_together_);
  constexpr auto room = wire::longest_batch - wire::max_header_bytes;
  sizes_.clear();
  if (flat != 0) return std::uint32_t(std::clamp(room / wire::batched_bytes(flat), std::size_t(1), most));
  std::size_t n = 0;
  for (std::size_t bytes = 0; n < most; ++n) {
    bytes += wire::batched_bytes(sizes_.emplace_back(all.type.encoded_size(all.at(first + n))));
    if (bytes > room) break;
  }
  return std::uint32_t(std::max(n, std::size_t(1)));
}

Result<Placed> PublisherPort::place(const TypeSupport& type, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  take_in_changes();
  for (auto& slot : ends_->slots()) {
    if (slot.links->listening() == 0 || form_for(slot.traits, *slot.links, type) != Form::flat) continue;
    Placed placed;
    auto lent = slot.end->loan(placed.loan, wire::header_bytes + type.flat_bytes, nullptr, deadline);
    if (!lent) return std::move(lent).error().within(ends_->name());
    placed.end = slot.end.get();
    return placed;
  }
  return Placed{};
}

Result<void> PublisherPort::send(Placed placed, const Outgoing& outgoing, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  if (!anybody_listens(1)) return {};
  auto& slots = ends_->slots();
  const auto own = std::ranges::find(slots, placed.end, [](auto& slot) { return slot.end.get(); });
  // A peer that has come since may need it encoded: the memory then is what it is encoded from.
  const bool in_place = form_for(own->traits, *own->links, outgoing.type) == Form::flat;
  WEFT_CHECK(gather(outgoing, in_place ? placed.end : nullptr, deadline));
  if (in_place) next_part(*own, Form::flat).loan = std::move(placed.loan);
  emit(outgoing);
  return {};
}

// With nobody listening the sequence goes on, and a link that begins at this moment must start after it:
// store, then look again (transport.hpp, EndOptions::sequence).
bool PublisherPort::anybody_listens(std::uint32_t messages) {
  for (const auto& slot : ends_->slots()) {
    if (slot.links->listening() != 0) return true;
  }
  take_in_changes();
  auto& sequence = ends_->course().sequence;
  const auto skipped = sequence.load(std::memory_order_relaxed) + messages;  // pairs with nothing: our own
  sequence.store(skipped, std::memory_order_seq_cst);  // pairs with Links::matched and Ends::put_aside()
  ends_->has_news();
  for (const auto& slot : ends_->slots()) {
    if (slot.links->listening_ordered() == 0) continue;
    sequence.store(skipped - messages,
                   std::memory_order_seq_cst);  // pairs with Links::matched: it is sent after all
    return true;
  }
  return false;
}

void PublisherPort::take_in_changes() {
  ends_->look();
  transport::Frame none;
  for (auto& slot : ends_->slots())
    slot.end->receive(none);
}

PublisherPort::Part& PublisherPort::next_part(Ends::Slot& slot, Form form) {
  if (used_ == parts_.size()) parts_.emplace_back();
  auto& part = parts_[used_++];
  part.end = slot.end.get();
  part.form = form;
  return part;
}

// All loans before the first send: either every link gets the message or none does.
Result<void> PublisherPort::gather(const Outgoing& outgoing, const transport::End* placed,
                                   Deadline deadline) {
  used_ = 0;
  if (!reliable_) deadline = Deadline::passed();
  for (auto& slot : ends_->slots()) {
    if (slot.links->listening() == 0 || slot.end.get() == placed) continue;
    auto& part = next_part(slot, form_for(slot.traits, *slot.links, outgoing));
    const auto bytes = header_bytes(outgoing) + payload_bytes(part.form, outgoing);
    if (auto lent = slot.end->loan(part.loan, bytes, nullptr, deadline); !lent) [[unlikely]] {
      parts_.clear();
      return std::move(lent).error().within(ends_->name());
    }
  }
  return {};
}

void PublisherPort::emit(const Outgoing& outgoing) {
  header_.sequence = ends_->course().sequence.load(std::memory_order_relaxed) +
                     outgoing.count;  // pairs with nothing: our own
  header_.stamp = wall_now();
  const std::span parts(parts_.data(), used_);
  const Loan* encoded = nullptr;
  for (auto& part : parts) {
    const bool placed =
        part.form == Form::flat && part.loan.bytes.data() + wire::header_bytes == outgoing.message;
    if (placed) {
      header_.kind = wire::Kind::flat;
      header_.fingerprint = outgoing.type.fingerprint;
      header_.count = 1;
      wire::write_header(header_, part.loan.bytes);
    } else if (part.form == Form::encoded && encoded != nullptr) {
      std::memcpy(part.loan.bytes.data(), encoded->bytes.data(), part.loan.bytes.size());
    } else {
      fill(part.loan, header_, part.form, outgoing);
      if (part.form == Form::encoded) encoded = &part.loan;
    }
  }
  ends_->course().sequence.store(
      header_.sequence,
      std::memory_order_seq_cst);  // pairs with Links::matched and Ends::put_aside()
  if (ends_->has_news()) [[unlikely]]
    emit_late(outgoing);
  for (auto& part : parts)
    part.end->send(part.loan);
}

// To links that began since the message's loans were taken. Nothing is in flight on them, so there is room.
void PublisherPort::emit_late(const Outgoing& outgoing) {
  const std::span parts(parts_.data(), used_);
  for (auto& slot : ends_->slots()) {
    const bool early = std::ranges::find(parts, slot.end.get(), &Part::end) != parts.end();
    if (early || slot.links->listening_ordered() == 0) continue;
    const auto form = form_for(slot.traits, *slot.links, outgoing);
    Loan loan;
    const auto bytes = header_bytes(outgoing) + payload_bytes(form, outgoing);
    if (!slot.end->loan(loan, bytes, nullptr, Deadline::passed())) continue;
    fill(loan, header_, form, outgoing);
    slot.end->send(loan);
  }
}

std::uint32_t PublisherPort::matched() {
  const ThreadCheck::Inside inside(check_);
  take_in_changes();
  const auto live = ends_->live();
  take_in_changes();  // those that have just begun are ready after it
  return std::min(live, ends_->live());
}

std::optional<PeerEvent> PublisherPort::next_event() {
  if (auto event = ends_->events().take()) return event;
  [[maybe_unused]] const auto looked = matched();
  return ends_->events().take();
}

Result<void> PublisherPort::wait_matched(std::uint32_t n, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  for (;;) {
    take_in_changes();
    if (ends_->live() >= n) {
      take_in_changes();  // those that have just begun are ready after it
      return {};
    }
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    WEFT_TRY(const bool woken, ends_->wait(deadline));
    if (woken) continue;
    return presence_->in_vain(Errc::timeout,
                              fmt::format("{} of {} subscribers matched in time", ends_->live(), n));
  }
}

}  // namespace weft::node
