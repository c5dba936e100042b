#include "node/ledger.hpp"

#include <algorithm>

namespace weft::node {

namespace {

/// Of those that a dead worker had so many may be what it was at, its oldest: so many it acknowledges together.
constexpr std::size_t most_doubtful = 256;

}  // namespace

Ledger::Item& Ledger::add(std::uint64_t sequence, std::string_view key, std::uint8_t priority) {
  if (spare_.empty()) {
    items_.try_emplace(sequence);
  } else {
    auto node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = sequence;
    items_.insert(std::move(node));
  }
  auto& item = items_.find(sequence)->second;
  item.sequence = sequence;
  item.priority = priority;
  item.given = 0;
  item.failed = 0;
  item.key = key;
  item.holder = 0;
  item.doubtful = false;
  item.begun = false;
  if (key.empty()) {
    wait(item);
    return item;
  }
  auto& line = lines_[item.key];
  line.push_back(sequence);
  if (line.size() == 1) wait(item);
  return item;
}

void Ledger::wait(const Item& item) {
  auto& turns = turns_of(item);
  turns.push_back({item.priority, item.sequence});
  std::ranges::push_heap(turns, std::less{});
}

Ledger::Item* Ledger::first(const Turns& turns) {
  return turns.empty() ? nullptr : &items_.find(turns.front().sequence)->second;
}

void Ledger::take(const Item& next) {
  auto& turns = turns_of(next);
  std::ranges::pop_heap(turns, std::less{});
  turns.pop_back();
}

void Ledger::given(Item& next, Holder holder) {
  take(next);
  next.holder = holder;
  next.turn = ++turns_;
  ++next.given;
}

void Ledger::give_up(Item& next) {
  take(next);
  dead_.push_back(next.sequence);
}

Ledger::Item* Ledger::find(std::uint64_t sequence, Holder holder) {
  const auto found = items_.find(sequence);
  return holds(found, holder) ? &found->second : nullptr;
}

bool Ledger::holds(Items::const_iterator found, Holder holder) const {
  return holder != 0 && found != items_.end() && found->second.holder == holder;
}

bool Ledger::done(std::uint64_t sequence, Holder holder) {
  const auto found = items_.find(sequence);
  if (!holds(found, holder)) return false;
  finish(found);
  return true;
}

/// Takes it out; the next of its key waits.
void Ledger::finish(Items::iterator found) {
  if (const auto line = lines_.find(found->second.key); line != lines_.end()) {
    line->second.pop_front();
    if (line->second.empty()) {
      lines_.erase(line);
    } else {
      wait(items_.find(line->second.front())->second);
    }
  }
  spare_.push_back(items_.extract(found));
}

/// Whether it is dead by that.
bool Ledger::fail(Item& item) {
  if (++item.failed < attempts_) return false;
  dead_.push_back(item.sequence);
  return true;
}

bool Ledger::refused(std::uint64_t sequence, Holder holder, Instant when) {
  const auto found = items_.find(sequence);
  if (!holds(found, holder)) return false;
  found->second.holder = 0;
  found->second.doubtful = false;  // this worker lived to refuse it
  found->second.begun = false;
  if (fail(found->second)) return true;
  resting_.push_back({when, sequence});
  std::ranges::push_heap(resting_, std::less{});
  return true;
}

void Ledger::lost(Holder holder, Loss how) {
  lost_.clear();
  for (auto& [sequence, item] : items_) {
    if (item.holder == holder) lost_.push_back(&item);
  }
  std::ranges::sort(lost_, {}, &Item::turn);
  for (std::size_t i = 0; i < lost_.size(); ++i) {
    auto& item = *lost_[i];
    const bool at_it = how == Loss::died ? item.begun : how == Loss::died_silently && i == 0;
    item.holder = 0;
    item.begun = false;
    item.doubtful = item.doubtful || (how != Loss::left && i < most_doubtful);
    if (!at_it || !fail(item)) wait(item);
  }
}

void Ledger::wake(Instant now) {
  while (!resting_.empty() && resting_.front().until <= now) {
    wait(items_.find(resting_.front().sequence)->second);
    std::ranges::pop_heap(resting_, std::less{});
    resting_.pop_back();
  }
}

std::optional<Instant> Ledger::next_wake() const noexcept {
  if (resting_.empty()) return std::nullopt;
  return resting_.front().until;
}

const Ledger::Item* Ledger::dead() const {
  return dead_.empty() ? nullptr : &items_.find(dead_.front())->second;
}

void Ledger::bury() {
  finish(items_.find(dead_.front()));
  dead_.pop_front();
}

}  // namespace weft::node
