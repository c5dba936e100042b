// All of a worker that does not depend on the items' type.
//
// What      take() hands out the next item, done() and refuse() end it. Receipts are gathered, and go back when no item
//           waits, when many have come together, and some milliseconds after the last at the latest: so that a worker in
//           full swing sends one for many items, and a slow one each at once. Whose program keeps items and wants others
//           asks for one more at a time by an empty one, since producers give few in advance.
// Doubt     What a producer only offers may have killed another worker. It is asked for between two items, one after the
//           other, and when all that was done before is acknowledged: so that nobody else's item is blamed for it. A
//           producer that does not answer holds up only those who offer, and only for a while.
// Threads   One at a time; wake() from any.
// Lifetime  Keeps the Context alive. What was taken and not ended when it goes is given to another worker.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/agent.hpp"
#include "node/ends.hpp"
#include "node/incoming.hpp"
#include "node/judge.hpp"
#include "node/presence.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"
#include "wire/receipt.hpp"

namespace weft::node {

/// What names an item to the port that handed it out.
struct Ticket {
  std::size_t producer = 0;
  std::uint64_t sequence = 0;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

struct Job {
  Incoming incoming{};
  Ticket ticket{};
};

class WorkerPort final {
 public:
  /// `contract.reads` is schema.
  static Result<std::unique_ptr<WorkerPort>> create(const Maker& maker, Contract contract, const Qos& qos);
  WorkerPort(const WorkerPort&) = delete;
  WorkerPort& operator=(const WorkerPort&) = delete;
  /// Sends what receipts there are.
  ~WorkerPort();

  Result<std::string> bind(std::string_view uri);

  /// The next item that can perhaps be read; what cannot is refused. Never blocks. Good until the next take(); nullptr if
  /// there is none.
  Job* take();
  /// The item is done; or is to be tried again after `delay`. Each once.
  void done(const Ticket& ticket);
  void refuse(const Ticket& ticket, Duration delay);

  /// Sleeps until take() may have something. Errors: timeout.
  Result<void> wait(Deadline deadline);
  void wake() noexcept { ends_->wake(); }
  /// What happened to a peer, as far as take() has come, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event() { return ends_->events().take(); }
  /// What a matched producer announced; null if there is none. For ports without a type of their own.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const { return ends_->peer(); }
  Result<int> fd();

 private:
  /// One who pushes: where its receipts go, and what is in the next.
  struct Producer {
    transport::End* end = nullptr;
    transport::ReturnPath path{};
    std::size_t open = 0;  // items that are not ended
    bool offers = false;   // it stands in offers_, or is asked
    bool asked = false;    // for more, since its last item came; or may not be
    wire::Receipt receipt{};

    [[nodiscard]] std::size_t owed() const noexcept { return receipt.done.size() + receipt.refused.size(); }
    [[nodiscard]] bool is_idle() const noexcept { return open == 0 && owed() == 0 && !offers; }
  };

  WorkerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, bool reliable,
             std::uint64_t fingerprint);
  bool look_ahead();
  bool read_ahead();
  bool examine(Job& job, Ends::Slot& slot);
  [[nodiscard]] bool is_own(const wire::Header& header) const noexcept;
  bool is_known(const wire::Header& header, Links& links, std::shared_ptr<const Verdict>& writer) const;
  std::size_t producer_at(transport::End& end, const transport::ReturnPath& path);
  void take_offer(const wire::FrameView& view, Ends::Slot& slot, const transport::ReturnPath& path);
  void ask();
  void come_back();
  void stop_asking();
  void ask_for_more();
  void acknowledge(const Ticket& ticket);
  wire::Receipt& note(const Ticket& ticket);
  void send_if_due();
  void send_receipts();
  bool send_to(const Producer& producer);

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  const bool reliable_;
  std::uint64_t fingerprint_;
  std::array<Job, 2> jobs_;  // the one handed out last, and the next
  Job* next_ = &jobs_[0];
  bool ahead_ = false;   // the next has been read already
  bool unread_ = false;  // something was sent since the last look: see End::receive()
  std::vector<Producer> producers_;
  std::vector<std::size_t> due_;  // those to whom a receipt is owed
  std::size_t recent_ = 0;        // the one found last
  std::size_t open_ = 0;          // items that are not ended, of all
  std::size_t pending_ = 0;       // ended items in receipts that have not gone
  std::deque<Ticket> offers_;     // one of a producer at most
  std::optional<Ticket> asked_;   // the one that is to come,
  Instant asked_at_{};            // asked for then
  bool is_doubtful_ = false;      // the item that was handed out last was offered before
  Instant sent_{};                // when the last went, coarsely
  ThreadCheck check_;
  std::optional<Agent::Watch> overdue_;  // wakes who waits when asked_ has not come in time
};

}  // namespace weft::node
