#include "node/ledger.hpp"

#include <algorithm>

namespace weft::node {

namespace {

/// Of those that a dead worker had so many may be what it was at, its oldest: so many it acknowledges together.
constexpr std::size_t most_doubtful = 256;

}  // namespace

Ledger::Item& Ledger::add(std::uint64_t sequence, std::string_view key, std::uint8_t priority) {
  auto& item = items_.insert(sequence);
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

void Ledger::given(Item& next, Holder holder) {
  turns_of(next).pop();
  next.holder = holder;
  next.turn = ++turns_;
  ++next.given;
}

void Ledger::give_up(Item& next) {
  turns_of(next).pop();
  dead_.push_back(next.sequence);
}

Ledger::Item* Ledger::find(std::uint64_t sequence, Holder holder) {
  auto* found = items_.find(sequence);
  return found != nullptr && holder != 0 && found->holder == holder ? found : nullptr;
}

bool Ledger::done(std::uint64_t sequence, Holder holder) {
  auto* found = find(sequence, holder);
  if (found == nullptr) return false;
  finish(*found);
  return true;
}

void Ledger::finish(Item& item) {
  if (!item.key.empty()) advance_line(item);
  items_.erase(item);
}

/// The next of its key waits.
void Ledger::advance_line(const Item& item) {
  const auto line = lines_.find(item.key);
  line->second.pop_front();
  if (line->second.empty()) {
    lines_.erase(line);
  } else {
    wait(*items_.find(line->second.front()));
  }
}

/// Whether it is dead by that.
bool Ledger::fail(Item& item) {
  if (++item.failed < attempts_) return false;
  dead_.push_back(item.sequence);
  return true;
}

bool Ledger::refused(std::uint64_t sequence, Holder holder, Instant when) {
  auto* found = find(sequence, holder);
  if (found == nullptr) return false;
  found->holder = 0;
  found->doubtful = false;  // this worker lived to refuse it
  found->begun = false;
  if (fail(*found)) return true;
  resting_.push_back({when, sequence});
  std::ranges::push_heap(resting_, std::less{});
  return true;
}

void Ledger::lost(Holder holder, Loss how) {
  lost_.clear();
  items_.for_each([&](Item& item) {
    if (item.holder == holder) lost_.push_back(&item);
  });
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
    wait(*items_.find(resting_.front().sequence));
    std::ranges::pop_heap(resting_, std::less{});
    resting_.pop_back();
  }
}

std::optional<Instant> Ledger::next_wake() const noexcept {
  if (resting_.empty()) return std::nullopt;
  return resting_.front().until;
}

const Ledger::Item* Ledger::dead() const {
  return dead_.empty() ? nullptr : items_.find(dead_.front());
}

void Ledger::bury() {
  finish(*items_.find(dead_.front()));
  dead_.pop_front();
}

}  // namespace weft::node
