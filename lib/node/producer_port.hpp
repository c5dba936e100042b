// All of a producer that does not depend on the items' type.
//
// What      A reliable queue's items stand in the ledger from push() until they are done; a best-effort queue's are given
//           to a worker at once and forgotten. Which worker: of those with credit the one with the fewest items. tend()
//           is all the rest: takes in receipts, gives back what a worker lost, lets rest what was refused, buries the dead.
// Doubt     An item that may have killed its worker is only offered, one at a time to each worker, and sent when that
//           answers that its turn has come: so it is known what a worker was at when it dies (docs/decisions/0011).
// Threads   One at a time; counters() from any. While an item is not done, the Context's agent tends, too, so that it goes on
//           without the program; whoever is in at the Deputy is the one thread (docs/decisions/0009).
// Lifetime  Keeps the Context alive; dropping it waits at most a second until all is done.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "node/credit.hpp"
#include "node/deputy.hpp"
#include "node/ends.hpp"
#include "node/judge.hpp"
#include "node/ledger.hpp"
#include "node/outgoing.hpp"
#include "node/presence.hpp"
#include "node/publisher_port.hpp"
#include "node/queue_counters.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"
#include "wire/receipt.hpp"

namespace weft {

/// What holds for one item. Of reliable queues alone.
struct PushOptions {
  /// Items of one key are done one after the other, in the order in which they were pushed. Default: none.
  std::string_view key = {};
  /// Items of higher priority are given out first. Default: 0.
  std::uint8_t priority = 0;
};

namespace node {

class ProducerPort final {
 public:
  /// `contract.reads` is nothing.
  static Result<std::unique_ptr<ProducerPort>> create(const Maker& maker, Contract contract, const Qos& qos);
  ProducerPort(const ProducerPort&) = delete;
  ProducerPort& operator=(const ProducerPort&) = delete;
  ~ProducerPort();

  Result<void> connect(std::string_view uri);

  /// Takes one item. Errors: timeout (there is no room); invalid_argument (a key or a priority, where the queue is best
  /// effort); too_big; resource_exhausted.
  Result<void> push(const Outgoing& item, const PushOptions& options, Deadline deadline);
  /// Waits until all that was pushed is done. Errors: timeout.
  Result<void> flush(Deadline deadline);

  Result<void> wait_matched(std::uint32_t n, Deadline deadline);
  [[nodiscard]] std::uint32_t matched();
  /// What happened to a peer, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event();
  /// What a matched worker announced; null if there is none. For ports without a type of their own.
  [[nodiscard]] std::shared_ptr<const Verdict> peer();
  [[nodiscard]] QueueCounters counters() const noexcept { return counts_.snapshot(); }

 private:
  /// A worker, as long as its link lasts; one for each of the Ends' slots, in their order.
  struct Hand {
    std::uint64_t slot;     // Slot::number
    std::uint64_t ended;    // how many links of that slot had ended
    Ledger::Holder holder;  // no other Hand's
    Credit credit;
    std::uint64_t offered = 0;  // the doubtful item that it has or was offered; 0: none
    bool wants = false;         // that, now
    bool takes_more = true;     // its transport had room, as far as is known
    bool known = false;         // how many it takes at all
  };

  ProducerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, const Qos& qos);
  bool tend_for_program();
  void tend();
  void take_in();
  void take_receipts(Ends::Slot& slot, Hand& hand);
  void settle(Hand& hand);
  void send_offered(Ends::Slot& slot, Hand& hand);
  void know_hands();
  Hand new_hand(const Ends::Slot& slot);
  void lose(const Hand& hand, Ledger::Loss how);
  void bury_dead();

  Result<void> enter(const Outgoing& item, const PushOptions& options);
  void give_all();
  enum class Given : std::uint8_t { yes, no_room, too_big };
  Given give_at_once(const Outgoing& item);
  [[nodiscard]] Error too_big(std::size_t bytes) const;
  bool give_next(Ledger::Item& item);
  static transport::Haste haste_to(const Hand& hand) noexcept;
  Given give(Ends::Slot& slot, const Ledger::Item& item, std::uint32_t attempt, transport::Haste haste);
  Given offer(Ends::Slot& slot, const Ledger::Item& item);
  std::optional<std::size_t> choose(bool doubtful = false);
  void get_to_know(Hand& hand, const Links& links) const;
  [[nodiscard]] std::size_t open() const;
  Result<bool> wait(Deadline deadline);
  [[nodiscard]] Error late(std::string_view what) const;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;   // after the ends: it goes first
  std::unique_ptr<PublisherPort> dead_;  // where the dead go; none of a best-effort queue
  const bool reliable_;
  const std::uint32_t depth_;
  QueueCounts counts_;
  ThreadCheck check_;
  Ledger ledger_;
  std::vector<Hand> hands_;
  Ledger::Holder last_holder_ = 0;
  std::uint64_t last_sequence_ = 0;
  wire::Header header_;    // of the last item; kept, since making one costs as much as writing it
  unsigned pushes_ = 0;    // since tend()
  bool unread_ = false;    // something was given since the last look: see End::receive()
  wire::Receipt receipt_;  // kept for its memory
  transport::Frame frame_;
  Deputy deputy_;  // guards all from ledger_ on; goes before it
};

}  // namespace node

}  // namespace weft
