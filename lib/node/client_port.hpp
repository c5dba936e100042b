// All of a client that does not depend on the service's types.
//
// Threads   One at a time.
// Lifetime  Keeps the Context alive.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "node/choosing.hpp"
#include "node/ends.hpp"
#include "node/incoming.hpp"
#include "node/judge.hpp"
#include "node/outgoing.hpp"
#include "node/presence.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"

namespace weft::node {

class ClientPort final {
 public:
  /// `contract.reads` is response.
  static Result<std::unique_ptr<ClientPort>> create(const Maker& maker, Contract contract, const Qos& qos);

  Result<void> connect(std::string_view uri);

  /// One call to one server; an error that the server answers is this call's error. Errors: timeout;
  /// unavailable (no server, or it died); incompatible.
  Result<Incoming> call(const Outgoing& request, Deadline deadline);
  Result<void> wait_matched(std::uint32_t n, Deadline deadline);
  [[nodiscard]] std::uint32_t matched();
  /// What happened to a peer, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event();
  /// What a call answers when no server is matched: unavailable.
  [[nodiscard]] Error nobody() const;
  /// What a matched server announced; null if there is none. For ports without types of their own.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const { return ends_->peer(); }

 private:
  ClientPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
             std::uint64_t response_fingerprint);
  static void answered(Ends::Slot& slot) noexcept { slot.outstanding -= slot.outstanding != 0 ? 1 : 0; }
  void take_in(const Ends::Slot* but = nullptr);
  Result<Ends::Slot*> choose(Deadline deadline);
  Result<Incoming> await(Ends::Slot& slot, std::uint64_t call, std::uint64_t ended_before, Deadline deadline);
  Result<Incoming> accept(transport::Frame frame, const wire::FrameView& view, Links& links) const;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  std::uint64_t fingerprint_;
  std::size_t turn_ = 0;               // the server to begin with at the next call
  std::vector<Candidate> candidates_;  // choose()'s, kept for its memory
  ThreadCheck check_;
};

}  // namespace weft::node
