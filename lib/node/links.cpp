#include "node/links.hpp"

#include <algorithm>

namespace weft::node {

namespace {

// The counters are statistics: they publish nothing, so every access is relaxed and pairs with nothing.
std::uint64_t read(const std::atomic<std::uint64_t>& counter) noexcept {
  return counter.load(std::memory_order_relaxed);  // pairs with nothing, see above
}

/// Adds to a counter that one thread at a time writes: no locked instruction.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) noexcept {
  counter.store(read(counter) + n, std::memory_order_relaxed);  // pairs with nothing, see above
}

PeerEvent event_of(PeerEvent::What what, const PortId& peer, const Verdict& verdict) {
  const auto& who = verdict.who;
  return {.what = what, .peer = peer, .node = who.node, .program = who.program, .pid = who.pid};
}

}  // namespace

void Links::Row::arrived(std::uint64_t sequence, std::uint32_t count) noexcept {
  const bool first_frame = !std::exchange(begun, true);
  if (sequence == 0 || (sequence <= last && !first_frame)) return add(sent, count);
  // A first frame at or below the announced sequence was on its way while the link began; a peer that did not
  // announce itself counts from its first frame on.
  if (first_frame && (sequence <= last || !verdict->announced)) last = sequence - count;
  const auto missing = sequence - std::min(sequence, last + count);
  add(sent, missing + count);
  if (missing > 0) drop(DropCause::full, missing);
  last = sequence;
}

void Links::Row::tail(std::uint64_t sequence) noexcept {
  if (sequence <= last || (!verdict->announced && !begun)) return;
  add(sent, sequence - last);
  drop(DropCause::full, sequence - last);
  last = sequence;
}

void Links::Row::drop(DropCause why, std::uint64_t n) noexcept {
  add(dropped[static_cast<std::size_t>(why)], n);
}

void Links::Row::deliver(std::uint64_t n) noexcept {
  add(delivered, n);
}

// A publisher takes back a sequence that it gave out while nobody listened, when somebody turns out to; the
// link may have begun with it.
std::uint64_t Links::Row::sent_by(std::uint64_t sequence) const noexcept {
  return sequence > first ? sequence - first : 0;
}

Links::Links(Judge judge, PeerEvents& events, Course* course)
    : judge_(std::move(judge)), events_(events), course_(course) {}

bool Links::matched(PortId peer, BytesView announcement, std::uint64_t last_sequence) {
  auto judged = std::make_shared<Verdict>(judge_(announcement));
  judged->announced = true;
  const std::shared_ptr<const Verdict> verdict = std::move(judged);
  const bool fits = !verdict->refusal;
  {
    const std::lock_guard lock(mutex_);
    end(peer, DropCause::peer_left);  // it begins anew
    auto& row = insert(peer, verdict);
    row.last = last_sequence;
    listening_.fetch_add(1, std::memory_order_seq_cst);       // pairs with listening_ordered()
    if (fits) live_.fetch_add(1, std::memory_order_seq_cst);  // pairs with live()
    if (fits && !verdict->same)
      unlike_.fetch_add(1, std::memory_order_relaxed);  // pairs with nothing: see alike()
    if (course_ != nullptr) {
      course_->news.fetch_add(1, std::memory_order_seq_cst);          // pairs with the port's look at it
      row.first = course_->sequence.load(std::memory_order_seq_cst);  // pairs with the port's store
    }
  }
  auto event = event_of(fits ? PeerEvent::What::matched : PeerEvent::What::incompatible, peer, *verdict);
  if (!fits) event.reason = verdict->refusal->message;
  events_.put(std::move(event));
  return fits;
}

void Links::unmatched(PortId peer, DropCause cause) {
  std::shared_ptr<const Verdict> verdict;
  {
    const std::lock_guard lock(mutex_);
    const auto row = live_row(peer);
    if (row == rows_.end()) return;
    verdict = (*row)->verdict;
    end(peer, cause);
    if (verdict->refusal) return;
  }
  auto event = event_of(PeerEvent::What::unmatched, peer, *verdict);
  event.cause = cause;
  events_.put(std::move(event));
}

void Links::end_all() {
  const std::lock_guard lock(mutex_);
  while (!rows_.empty())
    end(rows_.front()->peer, DropCause::peer_left);
}

void Links::consumed(PortId peer, std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  const auto row = live_row(peer);
  if (row == rows_.end()) return;
  (*row)->acknowledges = true;
  (*row)->delivered.store((*row)->sent_by(sequence),
                          std::memory_order_relaxed);  // pairs with nothing, see above
}

Links::Row* Links::search(const PortId& peer) {
  const std::lock_guard lock(mutex_);
  if (auto* found = known(peer)) return recent_ = found;
  if (rows_.size() >= most_rows) return nullptr;
  return recent_ = &insert(peer, std::make_shared<const Verdict>());
}

void Links::settle_older(const PortId& peer, std::optional<DropCause> dropped, std::uint32_t messages) {
  const std::lock_guard lock(mutex_);
  if (auto* row = known(peer)) return dropped ? row->drop(*dropped, messages) : row->deliver(messages);
  if (dropped) {
    past_.dropped[static_cast<std::size_t>(*dropped)] += messages;
  } else {
    past_.delivered = past_.delivered.value_or(0) + messages;
  }
}

/// The peer's live row, else the one that ended last.
Links::Row* Links::known(PortId peer) const {
  if (const auto live = live_row(peer); live != rows_.end()) return live->get();
  const auto ended = std::find_if(ended_rows_.rbegin(), ended_rows_.rend(),
                                  [&](const auto& row) { return row->peer == peer; });
  return ended != ended_rows_.rend() ? ended->get() : nullptr;
}

Links::Rows::const_iterator Links::live_row(PortId peer) const {
  return std::ranges::find_if(rows_, [&](const auto& row) { return row->peer == peer; });
}

void Links::stray() noexcept {
  const std::lock_guard lock(mutex_);
  ++past_.sent;
  ++past_.dropped[static_cast<std::size_t>(DropCause::undecodable)];
}

bool Links::is_foreign() const {
  const std::lock_guard lock(mutex_);
  const auto& rows = rows_.empty() ? ended_rows_ : rows_;
  return !rows.empty() && rows.back()->peer == PortId{};
}

std::optional<Error> Links::refusal() const {
  const std::lock_guard lock(mutex_);
  for (const auto& row : rows_) {
    if (row->verdict->refusal) return row->verdict->refusal;
  }
  return std::nullopt;
}

std::shared_ptr<const Verdict> Links::peer() const {
  const std::lock_guard lock(mutex_);
  for (const auto& row : rows_) {
    if (row->verdict->schema && !row->verdict->refusal) return row->verdict;
  }
  return nullptr;
}

std::optional<std::uint32_t> Links::peer_depth() const {
  const std::lock_guard lock(mutex_);
  std::optional<std::uint32_t> least;
  for (const auto& row : rows_) {
    if (const auto depth = row->verdict->depth; depth != 0) least = std::min(least.value_or(depth), depth);
  }
  return least;
}

void Links::collect(Counters& counters) const {
  const std::lock_guard lock(mutex_);
  add(counters.total, past_);
  for (const auto* rows : {&ended_rows_, &rows_}) {
    for (const auto& row : *rows) {
      auto link = snapshot(*row);
      add(counters.total, link);
      counters.links.push_back(std::move(link));
    }
  }
}

Links::Row& Links::insert(PortId peer, std::shared_ptr<const Verdict> verdict) {
  auto row = std::make_unique<Row>();
  row->peer = peer;
  row->verdict = std::move(verdict);
  return *rows_.emplace_back(std::move(row));
}

void Links::end(PortId peer, DropCause cause) {
  const auto found = live_row(peer);
  if (found == rows_.end()) return;
  const auto position = rows_.begin() + (found - rows_.begin());
  finish(**position, cause);
  ended_rows_.push_back(std::move(*position));
  rows_.erase(position);
  prune();
}

void Links::finish(Row& row, DropCause cause) {
  row.live.store(false, std::memory_order_release);   // pairs with find()
  last_end_.store(cause, std::memory_order_relaxed);  // pairs with nothing: the next line orders it
  ended_.fetch_add(1, std::memory_order_release);     // pairs with ended()
  if (row.verdict->announced) {
    listening_.fetch_sub(1, std::memory_order_seq_cst);  // pairs with listening_ordered()
    if (!row.verdict->refusal) live_.fetch_sub(1, std::memory_order_seq_cst);  // pairs with live()
    if (!row.verdict->refusal && !row.verdict->same)
      unlike_.fetch_sub(1, std::memory_order_relaxed);  // pairs with nothing: see alike()
  }
  if (course_ == nullptr) return;
  row.acknowledges = row.acknowledges || cause == DropCause::stalled;  // even one that never got to it
  row.end = course_->sequence.load(std::memory_order_seq_cst);         // pairs with the port's store
  if (row.acknowledges) row.drop(cause, row.sent_by(row.end) - read(row.delivered));
}

/// Forgets the link that ended first, beyond the last few; but not the row that the port's thread may hold.
void Links::prune() {
  if (ended_rows_.size() <= most_ended_rows) return;
  const auto first = ended_rows_.begin();
  const auto oldest = first->get() == recent_ ? std::next(first) : first;
  add(past_, snapshot(**oldest));
  ended_rows_.erase(oldest);
}

LinkCounters Links::snapshot(const Row& row) const {
  LinkCounters link;
  link.peer = row.peer;
  link.live =
      row.live.load(std::memory_order_relaxed);  // pairs with nothing: under the mutex, like its store
  if (course_ != nullptr) {
    const auto until = link.live ? course_->sequence.load(std::memory_order_seq_cst)
                                 : row.end;  // pairs with the port's store
    link.sent = row.sent_by(until);
    if (row.acknowledges) link.delivered = read(row.delivered);
  } else {
    link.sent = read(row.sent);
    link.delivered = read(row.delivered);
  }
  for (std::size_t i = 0; i < drop_causes; ++i)
    link.dropped[i] = read(row.dropped[i]);
  if (row.verdict->refusal) link.refusal = row.verdict->refusal->message;
  return link;
}

}  // namespace weft::node
