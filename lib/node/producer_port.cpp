#include "node/producer_port.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "codec/msgpack.hpp"
#include "node/receipts.hpp"
#include "type/names.hpp"

namespace weft::node {

namespace {

using namespace std::chrono_literals;

constexpr auto dead_suffix = "/dead";
/// Items that keep a worker busy for about as long as the next may wait for others.
constexpr std::uint32_t enough_to_do = 256;
constexpr unsigned pushes_a_look = 200;  // a transport looks for itself after more
constexpr Duration longest_rest = 24h;
constexpr Duration room_pause = 1ms;
constexpr std::size_t longest_entry = 20;  // bytes of a receipt, for an item

/// Where a queue's dead items go: to a topic of the queue's type.
Result<std::unique_ptr<PublisherPort>> open_dead(const Maker& maker, const Contract& contract,
                                                 const Qos& qos) {
  auto dead = contract;
  dead.name += dead_suffix;
  if (!is_topic_name(dead.name)) {
    return Error{Errc::invalid_argument,
                 fmt::format("{}: the topic of its dead items, with \"{}\", would be longer than {} bytes",
                             contract.name, dead_suffix, max_name_bytes)};
  }
  return PublisherPort::create(maker, std::move(dead), qos);
}

/// How the last link has ended.
Ledger::Loss loss_of(const Links& links) {
  if (links.last_end() == DropCause::peer_left) return Ledger::Loss::left;
  return links.is_foreign() ? Ledger::Loss::died_silently : Ledger::Loss::died;
}

}  // namespace

// ---- coming and going ---------------------------------------------------------------------------------------------

Result<std::unique_ptr<ProducerPort>> ProducerPort::create(const Maker& maker, Contract contract,
                                                           const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  transport::EndOptions options;
  options.role = transport::Role::sender;
  options.name = contract.name;
  options.reliable = true;
  options.depth = receipts_of(qos.depth);
  options.stall = qos.stall;
  contract.reliable = qos.reliability == Reliability::reliable;
  contract.depth = qos.depth;
  std::unique_ptr<PublisherPort> dead;
  if (contract.reliable) {
    WEFT_TRY(dead, open_dead(maker, contract, qos));
  }
  options.announcement = announce(contract, maker.origin());
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::producer, contract));
  std::unique_ptr<ProducerPort> port(new ProducerPort(std::move(ends), std::move(presence), qos));
  port->dead_ = std::move(dead);
  if (contract.reliable)
    WEFT_CHECK(port->deputy_.start([port = port.get()] { return port->tend_for_program(); }));
  return port;
}

ProducerPort::ProducerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, const Qos& qos)
    : ends_(std::move(ends)),
      presence_(std::move(presence)),
      reliable_(qos.reliability == Reliability::reliable),
      depth_(qos.depth),
      ledger_(qos.depth, qos.attempts),
      deputy_(*ends_) {
  header_.source = ends_->options().id;
}

ProducerPort::~ProducerPort() {
  // What is not done by then is lost, as it is when a producer dies.
  [[maybe_unused]] const auto done = flush(ends_->options().linger);
}

Result<void> ProducerPort::connect(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  const auto lock = deputy_.enter();
  auto connected = presence_->connect_by_hand(uri, [&] { return ends_->connect_apart(uri); });
  ends_->fold_parted([](const Links&) { return false; });  // receipts are read at once
  know_hands();
  return connected;
}

// ---- pushing ------------------------------------------------------------------------------------------------------

Result<void> ProducerPort::push(const Outgoing& item, const PushOptions& options, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  const auto lock = deputy_.enter();
  if (!reliable_ && (!options.key.empty() || options.priority != 0)) [[unlikely]] {
    return Error{Errc::invalid_argument,
                 fmt::format("{}: a key and a priority need a reliable queue", ends_->name())};
  }
  if (++pushes_ >= pushes_a_look) tend();
  for (bool had_room = false;;) {
    if (!reliable_) {
      const auto given = give_at_once(item);
      if (given == Given::yes) return {};
      if (given == Given::too_big) return too_big(item.type.encoded_size(item.message));
    } else if (!ledger_.full()) {
      WEFT_CHECK(enter(item, options));
      give_all();
      return {};
    }
    tend();
    const bool room = reliable_ ? !ledger_.full() : choose().has_value();
    if (room && !std::exchange(had_room, true)) continue;
    // A worker with credit whose transport takes nothing tells nobody when it does.
    WEFT_TRY(const bool in_time, wait(room ? earlier(room_pause, deadline) : deadline));
    if (!in_time && deadline.has_passed(now())) return late("no room in time");
    had_room = room;
  }
}

// Its bytes are copied: they are kept until it is done, in the memory of an item that is done already.
Result<void> ProducerPort::enter(const Outgoing& item, const PushOptions& options) {
  const auto bytes = item.type.encoded_size(item.message);
  for (const auto& slot : ends_->slots()) {
    if (bytes + wire::max_header_bytes > slot.traits.max_frame) [[unlikely]]
      return too_big(bytes);
  }
  header_.fingerprint = item.type.fingerprint;
  auto& entry = ledger_.add(++last_sequence_, options.key, options.priority);
  entry.stamp = wall_now();
  entry.payload.resize(bytes);
  item.type.encode(item.message, entry.payload);
  counts_.pushed.add();
  deputy_.call();
  return {};
}

Error ProducerPort::too_big(std::size_t bytes) const {
  const auto& slot = *std::ranges::min_element(ends_->slots(), {},
                                               [](const Ends::Slot& one) { return one.traits.max_frame; });
  return Error{Errc::too_big, fmt::format("{}: an item of {} bytes; {} allows {}", ends_->name(), bytes,
                                          slot.transport->scheme(), slot.traits.max_frame)};
}

/// To a worker, if one takes it.
ProducerPort::Given ProducerPort::give_at_once(const Outgoing& item) {
  while (const auto chosen = choose()) {
    auto& slot = ends_->slots()[*chosen];
    auto& hand = hands_[*chosen];
    const auto form = form_for(slot.traits, *slot.links, item.type);
    transport::Loan loan;
    const auto lent =
        slot.end->loan(loan, wire::header_bytes + payload_bytes(form, item), nullptr, Deadline::passed());
    if (lent) [[likely]] {
      header_.sequence = last_sequence_ + 1;
      header_.stamp = wall_now();
      fill(loan, header_, form, item);
      if (slot.end->send(loan, haste_to(hand))) [[likely]] {
        unread_ = true;
        counts_.pushed.add();
        hand.credit.give(++last_sequence_, now);
        return Given::yes;
      }
    } else if (lent.error().code == Errc::too_big) {
      return Given::too_big;
    }
    hand.takes_more = false;
  }
  return Given::no_room;
}

// Doubtful items do not hold up the others: these go to whoever has a doubtful one already.
void ProducerPort::give_all() {
  while (auto* item = ledger_.next_doubtful()) {
    if (!give_next(*item)) break;
  }
  while (auto* item = ledger_.next()) {
    if (!give_next(*item)) break;
  }
}

/// False if nobody may have it now.
bool ProducerPort::give_next(Ledger::Item& item) {
  const auto chosen = choose(item.doubtful);
  if (!chosen) return false;
  auto& hand = hands_[*chosen];
  auto& slot = ends_->slots()[*chosen];
  const bool only_offered = item.doubtful && !slot.links->is_foreign();
  switch (only_offered ? offer(slot, item) : give(slot, item, item.given + 1, haste_to(hand))) {
    case Given::yes:
      unread_ = true;
      if (item.given != 0) counts_.redelivered.add();
      if (item.doubtful) hand.offered = item.sequence;
      hand.credit.give(item.sequence, now);
      ledger_.given(item, hand.holder);
      break;
    case Given::no_room:
      hand.takes_more = false;
      break;
    case Given::too_big:
      ledger_.give_up(item);
  }
  return true;
}

ProducerPort::Given ProducerPort::offer(Ends::Slot& slot, const Ledger::Item& item) {
  if (item.payload.size() + wire::max_header_bytes > slot.traits.max_frame) return Given::too_big;
  wire::Receipt receipt;
  receipt.offered.push_back(item.sequence);
  return send_receipt(*slot.end, ends_->options().id, receipt, nullptr) ? Given::yes : Given::no_room;
}

ProducerPort::Given ProducerPort::give(Ends::Slot& slot, const Ledger::Item& item, std::uint32_t attempt,
                                       transport::Haste haste) {
  header_.sequence = item.sequence;
  header_.stamp = item.stamp;
  header_.attempt = attempt;
  const auto bytes = wire::header_size(header_) + item.payload.size();
  transport::Loan loan;
  const auto lent = slot.end->loan(loan, bytes, nullptr, Deadline::passed());
  if (!lent) return lent.error().code == Errc::too_big ? Given::too_big : Given::no_room;
  const auto payload = wire::write_header(header_, loan.bytes);
  std::memcpy(payload.data(), item.payload.data(), item.payload.size());
  return slot.end->send(loan, haste) ? Given::yes : Given::no_room;
}

/// To a worker that has enough to do items go together: that costs less.
transport::Haste ProducerPort::haste_to(const Hand& hand) noexcept {
  return hand.credit.outstanding() < enough_to_do ? transport::Haste::now : transport::Haste::soon;
}

/// The worker with the fewest items, of those that may have more, or a doubtful one.
std::optional<std::size_t> ProducerPort::choose(bool doubtful) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < hands_.size(); ++i) {
    auto& hand = hands_[i];
    const auto& links = *ends_->slots()[i].links;
    if (!hand.takes_more || !hand.credit.any() || links.live() == 0) continue;
    if (!hand.known) [[unlikely]]
      get_to_know(hand, links);
    if (doubtful && hand.offered != 0) continue;
    if (!best || hand.credit.outstanding() < hands_[*best].credit.outstanding()) best = i;
  }
  return best;
}

/// Never has a worker more items than it takes: so there is always room for its receipts, and none is lost.
void ProducerPort::get_to_know(Hand& hand, const Links& links) const {
  hand.known = true;
  hand.credit = Credit(std::min(depth_, links.peer_depth().value_or(depth_)));
}

// ---- tending ------------------------------------------------------------------------------------------------------

/// The agent's part. Whether something is not done.
bool ProducerPort::tend_for_program() {
  tend();
  ends_->note(unread_);
  return ledger_.size() != 0;
}

// REQUIRES, like all that goes by hands_: these are of the slots as they are, in their order.
void ProducerPort::tend() {
  pushes_ = 0;
  take_in();
  ends_->look();
  know_hands();
  if (!reliable_) return;
  if (ledger_.next_wake()) ledger_.wake(now());
  bury_dead();
  give_all();
}

/// Receipts of all workers. Those of one that has gone, too: its End is closed at the look after the next.
void ProducerPort::take_in() {
  unread_ = false;
  for (std::size_t i = 0; i < hands_.size(); ++i)
    take_receipts(ends_->slots()[i], hands_[i]);
}

void ProducerPort::take_receipts(Ends::Slot& slot, Hand& hand) {
  hand.takes_more = true;
  while (slot.end->receive(frame_)) {
    wire::FrameView view;
    if (!wire::parse_frame(frame_.bytes, view) || view.header.kind != wire::Kind::receipt) continue;
    const auto most =
        (hand.credit.outstanding() + 4) * longest_entry;  // it names no more than the worker has
    if (view.payload.size() <= most && decode_growing(view.payload, receipt_)) settle(hand);
  }
  if (hand.wants) send_offered(slot, hand);
}

// Once: from then on the worker may be at it.
void ProducerPort::send_offered(Ends::Slot& slot, Hand& hand) {
  auto* item = ledger_.find(hand.offered, hand.holder);
  if (item != nullptr && !item->begun) {
    if (give(slot, *item, item->given, transport::Haste::now) == Given::no_room) return;  // at the next look
    unread_ = true;
    item->begun = true;
  }
  hand.wants = false;
}

// A worker says what it likes: what it does not have is passed over.
void ProducerPort::settle(Hand& hand) {
  if (receipt_.done.empty() && receipt_.refused.empty() && receipt_.offered.empty()) hand.credit.ask();
  for (const auto sequence : receipt_.done) {
    if (hand.credit.outstanding() == 0) break;
    if (reliable_ && !ledger_.done(sequence, hand.holder)) continue;
    if (sequence == hand.offered) hand.offered = 0;
    hand.credit.take_back(sequence, now);
    counts_.done.add();
  }
  for (const auto& refusal : receipt_.refused) {
    if (hand.credit.outstanding() == 0) break;
    const auto rest = std::clamp<Duration>(refusal.delay, Duration::zero(), longest_rest);
    if (reliable_ && !ledger_.refused(refusal.sequence, hand.holder, now() + rest)) continue;
    if (refusal.sequence == hand.offered) hand.offered = 0;
    hand.credit.take_back(refusal.sequence, now);
    counts_.refused.add();
    if (!reliable_) counts_.done.add();  // the worker has taken it
  }
  hand.wants = hand.wants || (hand.offered != 0 && std::ranges::count(receipt_.offered, hand.offered) != 0);
}

/// After a look at the slots: those that have gone, whose link has ended, that are new.
void ProducerPort::know_hands() {
  auto& slots = ends_->slots();
  std::erase_if(hands_, [&](const Hand& hand) {
    const bool gone = std::ranges::find(slots, hand.slot, &Ends::Slot::number) == slots.end();
    if (gone) lose(hand, Ledger::Loss::left);
    return gone;
  });
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i == hands_.size()) {
      hands_.push_back(new_hand(slots[i]));
    } else if (hands_[i].ended != slots[i].links->ended()) {
      lose(hands_[i], loss_of(*slots[i].links));
      hands_[i] = new_hand(slots[i]);
    }
  }
}

ProducerPort::Hand ProducerPort::new_hand(const Ends::Slot& slot) {
  return {slot.number, slot.links->ended(), ++last_holder_, Credit(depth_)};
}

void ProducerPort::lose(const Hand& hand, Ledger::Loss how) {
  if (reliable_) {
    ledger_.lost(hand.holder, how);
  } else {
    counts_.lost.add(hand.credit.outstanding());
  }
}

// Who listens to the dead and has no room is waited for: the ledger keeps them.
void ProducerPort::bury_dead() {
  while (const auto* item = ledger_.dead()) {
    const auto support = support_for_encoded({}, header_.fingerprint);
    const auto sent = dead_->send({support, &item->payload}, Deadline::passed());
    if (!sent && sent.error().code == Errc::timeout) return;
    ledger_.bury();
    counts_.dead.add();
  }
}

// ---- waiting ------------------------------------------------------------------------------------------------------

/// How many items are not done.
std::size_t ProducerPort::open() const {
  if (reliable_) return ledger_.size();
  std::size_t sum = 0;
  for (const auto& hand : hands_)
    sum += hand.credit.outstanding();
  return sum;
}

/// Sleeps until tend() may change something; false if the deadline has passed.
Result<bool> ProducerPort::wait(Deadline deadline) {
  if (unread_) return true;
  auto until = deadline;
  if (const auto wake = ledger_.next_wake()) until = earlier(until, Deadline::at(*wake));
  if (ledger_.dead() != nullptr) until = earlier(until, Deputy::period);
  WEFT_TRY(const bool woken, ends_->wait(until));
  return woken || !deadline.has_passed(now());
}

Error ProducerPort::late(std::string_view what) const {
  const auto left = open();
  auto text = std::string(what);
  if (left != 0) text += fmt::format("; {} {} not done", left, left == 1 ? "item is" : "items are");
  auto error = presence_->in_vain(Errc::timeout, text);
  error.code = Errc::timeout;  // also where some worker does not fit: others may come
  return error;
}

Result<void> ProducerPort::flush(Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  const auto lock = deputy_.enter();
  for (;;) {
    tend();
    if (open() == 0) return {};
    WEFT_TRY(const bool in_time, wait(deadline));
    if (!in_time) return late("not all was done in time");
  }
}

std::shared_ptr<const Verdict> ProducerPort::peer() {
  const auto lock = deputy_.enter();
  return ends_->peer();
}

std::uint32_t ProducerPort::matched() {
  const ThreadCheck::Inside inside(check_);
  const auto lock = deputy_.enter();
  tend();
  return ends_->live();
}

std::optional<PeerEvent> ProducerPort::next_event() {
  if (auto event = ends_->events().take()) return event;
  [[maybe_unused]] const auto looked = matched();
  return ends_->events().take();
}

Result<void> ProducerPort::wait_matched(std::uint32_t n, Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  const auto lock = deputy_.enter();
  for (;;) {
    tend();
    if (ends_->live() >= n) return {};
    if (auto refusal = ends_->refusal()) return *std::move(refusal);
    WEFT_TRY(const bool in_time, wait(deadline));
    if (!in_time)
      return presence_->in_vain(Errc::timeout,
                                fmt::format("{} of {} workers matched in time", ends_->live(), n));
  }
}

}  // namespace weft::node
