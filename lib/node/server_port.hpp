// All of a server that does not depend on the service's types.
//
// What      Requests that have arrived wait here, in their order, until they are taken: so many as Qos::waiting says, more
//           are answered at once. Those whose caller gives up, or whose deadline passes, are forgotten unanswered.
// Threads   One at a time; wake() and counters() from any.
// Lifetime  Keeps the Context alive.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/ends.hpp"
#include "node/incoming.hpp"
#include "node/judge.hpp"
#include "node/outgoing.hpp"
#include "node/presence.hpp"
#include "node/server_counters.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"

namespace weft::node {

/// A request that has arrived, and where its reply goes.
struct Arrival {
  Incoming incoming{};
  transport::End* end = nullptr;
  transport::Traits traits{};
  const Links* links = nullptr;
  Deadline deadline = Deadline::none();  ///< Its caller's.
};

class ServerPort final {
 public:
  /// `contract.reads` is schema.
  static Result<std::unique_ptr<ServerPort>> create(const Maker& maker, Contract contract, const Qos& qos);

  Result<std::string> bind(std::string_view uri);

  /// The next request that can perhaps be read; what cannot is answered with an error. Never blocks. Good until the next
  /// take(); nullptr if there is none, or none among so much that others have sent: wait() and fd() say so.
  Arrival* take();
  /// Answers what was taken last. A caller that has gone is no error: nobody is left to be told.
  void reply(const Outgoing& response);
  void reply(const Error& error);
  /// Whether nobody waits for what was taken last any more: called off, or late. Looks at what has arrived.
  bool is_given_up();

  /// Nobody finds the server any more.
  void withdraw();
  /// What has arrived may still be taken; what comes from now on is answered with unavailable.
  void turn_away();
  /// Answers all that waits with unavailable: how many those were.
  std::size_t send_back();

  /// Sleeps until take() may have something. Errors: timeout.
  Result<void> wait(Deadline deadline);
  void wake() noexcept { ends_->wake(); }
  /// What happened to a peer, as far as take() has come, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event() { return ends_->events().take(); }
  [[nodiscard]] ServerCounters counters() const noexcept { return counts_.snapshot(); }
  Result<int> fd();

 private:
  using Arrivals = std::list<Arrival>;

  ServerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
             std::uint64_t request_fingerprint, const Qos& qos);
  enum class Much : std::uint8_t { one, all };
  bool take_in(Much much, std::size_t& left);
  bool examine(Arrival& arrival, Links& links);
  bool is_readable(Incoming& incoming, Links& links) const;
  bool has_room(const Arrival& arrival);
  void cancel(const Arrival& cancel);
  void put_away(Arrivals& from, Arrivals::iterator arrival);
  [[nodiscard]] Duration retry_after() const noexcept;
  static void answer(const Arrival& arrival, const wire::Header& header, const Error& error);
  [[nodiscard]] wire::Header header_for(const Arrival& arrival) const;
  void end_work() noexcept;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  const std::uint64_t fingerprint_;
  const std::uint32_t most_waiting_;
  // Arrivals move between the three without being copied, or allocated anew.
  Arrivals waiting_;
  Arrivals taken_;  // the one that was taken last
  Arrivals spare_;
  bool called_off_ = false;  // the one that was taken last
  bool draining_ = false;
  bool unread_ = false;    // take() has answered nothing before all that had arrived was read
  std::size_t turn_ = 0;   // the end to be read first
  Instant begun_{};        // when it was taken
  Instant looked_{};       // when what had arrived was taken in last
  Duration mean_work_{0};  // between take() and reply(), of the last few
  ServerCounts counts_;
  ThreadCheck check_;
};

}  // namespace weft::node
