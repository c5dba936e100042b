// What the ledger is made of: its items by their sequence, and those that wait in their turn.
//
// Threads   One at a time.
// Cost      Nothing is allocated once they have grown to the most items that were ever in them; items stay where they are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace weft::node {

/// Items, each with its own `sequence`: a table at most half full, in which an item stands at the first free place from
/// where its sequence belongs (open addressing, linear probing). With nodes of std::unordered_map an item cost three times
/// as much.
template <class Item>
class ItemTable final {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// With the memory of an item that was erased, and what that held. REQUIRES: there is none of this sequence.
  Item& insert(std::uint64_t sequence) {
    if (2 * (size_ + 1) > table_.size()) grow();
    if (spare_.empty()) spare_.push_back(&all_.emplace_back());
    auto* item = spare_.back();
    spare_.pop_back();
    item->sequence = sequence;
    put(item);
    ++size_;
    return *item;
  }

  [[nodiscard]] Item* find(std::uint64_t sequence) const noexcept {
    if (size_ == 0) return nullptr;
    for (auto at = home(sequence); table_[at] != nullptr; at = after(at)) {
      if (table_[at]->sequence == sequence) return table_[at];
    }
    return nullptr;
  }

  /// REQUIRES: it is in the table.
  void erase(Item& item) {
    spare_.push_back(&item);
    --size_;
    auto hole = home(item.sequence);
    while (table_[hole] != &item)
      hole = after(hole);
    // Who stands behind the hole, and belongs at it or before it, moves there.
    for (auto at = after(hole); table_[at] != nullptr; at = after(at)) {
      const auto from_home = (at - home(table_[at]->sequence)) & mask();
      if (from_home < ((at - hole) & mask())) continue;
      table_[hole] = table_[at];
      hole = at;
    }
    table_[hole] = nullptr;
  }

  template <class Function>
  void for_each(Function function) {
    for (auto* item : table_) {
      if (item != nullptr) function(*item);
    }
  }

 private:
  static constexpr std::size_t first_places = 16;

  [[nodiscard]] std::size_t mask() const noexcept { return table_.size() - 1; }
  [[nodiscard]] std::size_t after(std::size_t at) const noexcept { return (at + 1) & mask(); }
  /// Sequences follow each other: times the golden ratio they are spread evenly (Knuth, 6.4).
  [[nodiscard]] std::size_t home(std::uint64_t sequence) const noexcept {
    return std::size_t((sequence * 0x9E3779B97F4A7C15) >> shift_);
  }
  void put(Item* item) noexcept {
    auto at = home(item->sequence);
    while (table_[at] != nullptr)
      at = after(at);
    table_[at] = item;
  }
  void grow() {
    const auto old = std::exchange(table_, std::vector<Item*>(std::max(2 * table_.size(), first_places)));
    shift_ = 64;
    for (auto places = table_.size(); places > 1; places /= 2)
      --shift_;
    for (auto* item : old) {
      if (item != nullptr) put(item);
    }
  }

  std::vector<Item*> table_;  // a power of two
  int shift_ = 64;            // what is left of 64 bits is the table's size
  std::size_t size_ = 0;
  std::deque<Item> all_;
  std::vector<Item*> spare_;
};

/// Items that wait, the one of the highest priority first, of equals the oldest. Nearly all come in the order in which they
/// go: those stand in a line, the others in a heap.
template <class Item>
class Turns final {
 public:
  void push(Item& item) {
    const Turn turn{item.priority, item.sequence, &item};
    if (line_.empty() || line_.back().goes_before(turn)) {
      line_.push_back(turn);
    } else {
      heap_.push_back(turn);
      std::ranges::push_heap(heap_, later);
    }
  }

  /// nullptr if there is none.
  [[nodiscard]] Item* first() const noexcept {
    if (line_.empty() && heap_.empty()) return nullptr;
    return line_leads() ? line_[gone_].item : heap_.front().item;
  }

  /// REQUIRES: there is one.
  void pop() {
    if (!line_leads()) {
      std::ranges::pop_heap(heap_, later);
      heap_.pop_back();
    } else if (++gone_ == line_.size()) {
      line_.clear();
      gone_ = 0;
    } else if (2 * gone_ > line_.size() && line_.size() == line_.capacity()) {
      line_.erase(line_.begin(),
                  line_.begin() + std::ptrdiff_t(gone_));  // as many moves as pops before it at most
      gone_ = 0;
    }
  }

 private:
  struct Turn {
    std::uint8_t priority;
    std::uint64_t sequence;
    Item* item;
    [[nodiscard]] bool goes_before(const Turn& other) const noexcept {
      return priority != other.priority ? priority > other.priority : sequence < other.sequence;
    }
  };
  static bool later(const Turn& one, const Turn& other) noexcept { return other.goes_before(one); }
  [[nodiscard]] bool line_leads() const noexcept {
    return heap_.empty() || (!line_.empty() && line_[gone_].goes_before(heap_.front()));
  }

  std::vector<Turn> line_;
  std::size_t gone_ = 0;  // of the line: those before are gone
  std::vector<Turn> heap_;
};

}  // namespace weft::node
