// The ledger: the items that a producer has taken and that are not done yet. A pure state machine.
//
// What      An item waits, is with a worker, or rests until it is tried again. Of those that wait, the one of the highest
//           priority is next, and of equals the oldest, however often it was tried. Of the items of one key at most one
//           is with a worker, and the next follows when it is done: so they are done in their order. An item that
//           failed `attempts` times is dead.
// Blame     An item fails when its worker refuses it, and when its worker dies, if it had begun it. Which one that was
//           nobody knows the first time: whatever a dead worker may have been at is doubtful from then on, and of such
//           it is known when they begin. The others had only been waiting there. One that leaves is nobody's failure.
// Threads   One at a time.
// Cost      Nothing is allocated once it has grown to the most items that were ever in it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "node/ledger_parts.hpp"

namespace weft::node {

class Ledger final {
 public:
  /// Who has an item: any number but 0, which is nobody.
  using Holder = std::uint64_t;

  struct Item {
    std::uint64_t sequence = 0;
    std::uint8_t priority = 0;  ///< The highest goes first.
    std::uint32_t given = 0;    ///< How often it was given to a worker,
    std::uint32_t failed = 0;   ///< and how often that was in vain by its own fault.
    std::uint64_t turn = 0;     ///< The how manieth giving of all its last one was.
    Holder holder = 0;          ///< 0: it waits or rests.
    bool doubtful = false;      ///< It may have been what its last worker died of,
    bool begun = false;         ///< and its holder has begun it, as far as it can be known.
    Time stamp = {};            ///< The caller's, like the payload.
    Bytes payload = {};
    std::string key = {};  ///< Empty: its order does not matter.
  };

  /// Holds at most `most` items; `attempts`: how often one may fail, at least once.
  Ledger(std::size_t most, std::uint32_t attempts) : most_(most), attempts_(attempts) {}

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] bool full() const noexcept { return items_.size() >= most_; }

  /// Takes an item, whose payload is for the caller to fill: it has the memory of one that is done. REQUIRES: not full();
  /// sequences grow.
  Item& add(std::uint64_t sequence, std::string_view key, std::uint8_t priority);
  /// The next one to be given to a worker, if any waits of the doubtful or of the others; the ledger's own until it is
  /// given().
  Item* next() { return waiting_.first(); }
  Item* next_doubtful() { return doubtful_.first(); }
  /// That one is with a worker. REQUIRES: `next` is what next() or next_doubtful() answered.
  void given(Item& next, Holder holder);
  /// That one can be given to nobody: it is dead.
  void give_up(Item& next);
  /// An item, if the holder has it.
  Item* find(std::uint64_t sequence, Holder holder);

  /// The holder says that it is done. False if it does not have it: it is done already, or was given to another.
  bool done(std::uint64_t sequence, Holder holder);
  /// The holder could not do it: it is tried again from `when` on. False as done().
  bool refused(std::uint64_t sequence, Holder holder, Instant when);
  /// How a holder has gone.
  enum class Loss : std::uint8_t {
    left,
    died,          ///< What it had begun has failed.
    died_silently  ///< The same, of one that does not say what it begins: the oldest is what it was at.
  };
  /// The holder has gone: what it had waits again.
  void lost(Holder holder, Loss how);

  /// Lets those wait again that rested until now.
  void wake(Instant now);
  /// When the first of those that rest is to wake.
  [[nodiscard]] std::optional<Instant> next_wake() const noexcept;
  /// An item that is dead, if there is one, until it is buried.
  const Item* dead() const;
  void bury();

 private:
  struct Rest {
    Instant until;
    std::uint64_t sequence;
    friend bool operator<(const Rest& one, const Rest& other) noexcept { return one.until > other.until; }
  };

  Turns<Item>& turns_of(const Item& item) { return item.doubtful ? doubtful_ : waiting_; }
  void wait(Item& item) { turns_of(item).push(item); }
  bool fail(Item& item);
  void finish(Item& item);
  void advance_line(const Item& item);

  const std::size_t most_;
  const std::uint32_t attempts_;
  ItemTable<Item> items_;
  Turns<Item> waiting_;
  Turns<Item> doubtful_;       // those that wait and are doubtful
  std::vector<Rest> resting_;  // a heap
  std::vector<Item*> lost_;    // lost()'s, kept for its memory
  std::unordered_map<std::string, std::deque<std::uint64_t>>
      lines_;  // by key: the first is tried, the others follow
  std::deque<std::uint64_t> dead_;
  std::uint64_t turns_ = 0;
};

}  // namespace weft::node
