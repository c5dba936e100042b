// All of a client that does not depend on the service's types.
//
// What      Many calls at a time, each at one server (pending.hpp), at each at most Qos::depth; more rest. Nothing waits but wait(): the rest is done
//           while somebody asks what came of a call. Of an idempotent service what a server could not do, or took with it
//           when it died, is tried again, elsewhere if there is another server (back_off.hpp), until the call's deadline.
// Threads   One at a time.
// Lifetime  Keeps the Context alive.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "node/choosing.hpp"
#include "node/ends.hpp"
#include "node/incoming.hpp"
#include "node/judge.hpp"
#include "node/outgoing.hpp"
#include "node/pending.hpp"
#include "node/presence.hpp"
#include "node/thread_check.hpp"
#include "run/alarm.hpp"
#include "type/qos.hpp"

namespace weft::node {

class ClientPort final {
 public:
  using Place = PendingCalls::Place;

  /// `contract.reads` is response.
  static Result<std::unique_ptr<ClientPort>> create(const Maker& maker, Contract contract, const Qos& qos);

  Result<void> connect(std::string_view uri);

  /// Begins a call; whatever becomes of it, poll() or wait() say, which end it, or cancel(). Never blocks.
  Place begin(const Outgoing& request, Deadline deadline);
  /// What came of a call, once that is known; an error that the server answers is this call's error. Never blocks. Errors:
  /// timeout; unavailable (no server, or it died); incompatible; too_big; resource_exhausted.
  std::optional<Result<Incoming>> poll(Place place);
  Result<Incoming> wait(Place place);
  /// Nobody waits for it any more: its server is told, if it has it.
  void cancel(Place place);
  /// Readable while one of the calls may be finished, until poll() has answered nothing for each, and while links may have
  /// changed, until next_event() has answered nothing. Errors: resource_exhausted.
  Result<int> fd();

  Result<void> wait_matched(std::uint32_t n, Deadline deadline);
  [[nodiscard]] std::uint32_t matched();
  /// What happened to a peer, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event();
  /// What a call answers that no server could be given: unavailable.
  [[nodiscard]] Error nobody() const;
  /// What a matched server announced; null if there is none. For ports without types of their own.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const { return ends_->peer(); }

 private:
  /// One use of the port; at its end the descriptor is told what there is.
  class Turn final {
   public:
    explicit Turn(ClientPort& port) noexcept : port_(port), inside_(port.check_) {}
    ~Turn() { port_.tell(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    ClientPort& port_;
    const ThreadCheck::Inside inside_;
  };

  ClientPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
             std::uint64_t response_fingerprint, const Qos& qos);

  void take_in(const Pending* until = nullptr);
  void settle_lost(Ends::Slot& slot);
  void take_reply(Ends::Slot& slot, transport::Frame frame);
  Result<Incoming> accept(transport::Frame frame, const wire::FrameView& view, Links& links) const;
  void settle(Pending& call, Result<Incoming> outcome);
  std::optional<Duration> pause_after(const Pending& call, const Error& error);

  Ends::Slot* choose(const Pending& call);
  void send(Pending& call, const Outgoing& request);
  void send_again(Pending& call);
  void tell_cancelled(const Pending& call);

  bool advance(Pending& call);
  Result<Incoming> take(Pending& call);
  void give_up(Pending& call);
  [[nodiscard]] Error why_expired(const Pending& call) const;
  [[nodiscard]] Error no_reply() const;
  Ends::Slot* slot_of(const Pending& call);
  bool is_lost(const Pending& call);
  static void leave(const Pending& call, Ends::Slot& slot) noexcept;
  void ring_for(const Pending& call, Instant time);
  void tell() noexcept;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  const std::uint64_t fingerprint_;
  const bool idempotent_;
  const std::uint32_t depth_;
  PendingCalls calls_;
  bool unread_ = false;                // what has arrived may not all have been read
  bool cut_short_ = false;             // the last take_in() has not come to the end
  std::size_t turn_ = 0;               // the server to begin with at the next call
  std::vector<Candidate> candidates_;  // choose()'s, kept for its memory
  std::optional<run::Alarm> alarm_;    // of fd(): the next deadline, or end of a rest
  std::minstd_rand random_;
  ThreadCheck check_;
};

}  // namespace weft::node
