// All of a subscriber that does not depend on the message's type.
//
// Threads   One at a time; counters() from any.
// Lifetime  Keeps the Context alive.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string_view>

#include "node/ends.hpp"
#include "node/incoming.hpp"
#include "node/judge.hpp"
#include "node/presence.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"

namespace weft::node {

class SubscriberPort final {
 public:
  static Result<std::unique_ptr<SubscriberPort>> create(const Maker& maker, Contract contract,
                                                        const Qos& qos);

  Result<std::string> bind(std::string_view uri);
  Result<void> connect(std::string_view uri);

  /// The next message that this port's type can perhaps read, if there is one; what it cannot is counted. The
  /// port's own until settle(). Never blocks.
  Incoming* take() {
    if (taken_.left != 0 && taken_.next()) return &taken_;
    return take_frame();
  }
  /// Said once of every message taken, or of several of one frame together: so many were handed to the program, so many
  /// could not be read. What nobody has moved out of the last is released.
  void settle(std::uint32_t readable, std::uint32_t unreadable);
  void settle(bool readable);

  /// Sleeps until take() may have something. Errors: timeout, which tells of refused peers.
  Result<void> wait(Deadline deadline);
  /// Keeps the messages that arrive meanwhile: `depth` for each live link. Of more than that, best effort drops
  /// the oldest. Reliable stops reading, so that its publishers wait: resource_exhausted, until some are taken.
  /// Other errors: timeout; incompatible.
  Result<void> wait_matched(std::uint32_t n, Deadline deadline);
  [[nodiscard]] std::uint32_t matched();
  /// What happened to a peer, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event();
  [[nodiscard]] Counters counters() const { return ends_->counters(); }
  Result<int> fd();

 private:
  SubscriberPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, std::uint64_t fingerprint);
  Incoming* take_frame();
  void drop_rest();
  bool look(Incoming& taken);
  [[nodiscard]] bool has_early() const noexcept { return taken_.left != 0 || !early_.empty(); }
  bool examine(Incoming& taken);
  bool can_read(const wire::Header& header, const Verdict& writer) const;
  bool gather_early();
  void fold_parted();
  [[nodiscard]] std::size_t early_room() const;
  [[nodiscard]] Error full() const;
  [[nodiscard]] Error in_vain(std::string what) const;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  std::uint64_t fingerprint_;           // of what this port reads; 0: any
  std::size_t next_ = 0;                // the end to look at first: each gets its turn
  Incoming taken_;
  std::deque<Incoming> early_;      // taken while waiting for matches,
  std::size_t early_messages_ = 0;  // and how many messages they have
  ThreadCheck check_;
};

}  // namespace weft::node
