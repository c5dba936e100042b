// The publisher's end: an XPUB socket. docs/decisions/0001-credit-over-xpub.md says why it is as it is.
//
// What      Messages go out from the user's thread. What subscribers say must be answered even while that
//           thread is elsewhere, so the agent looks too: while messages flow, every 10 ms; at rest, when
//           libzmq has news, and never otherwise. 100 ms after the last message, and on closing, readers are
//           told the last sequence. Short messages travel in bundles while every reader has many before them
//           (docs/decisions/0014-bundles-of-topics.md).
// Threads   The socket and all that hangs on it belong to whoever holds `lock_`, which is held for no longer
//           than a few operations that do not wait. Invariant: at rest, when lock_ is released, libzmq has
//           nothing left to read; so the next news will show on its descriptor.
#pragma once

#include "base/spin_lock.hpp"
#include "transport/transport.hpp"
#include "transport/zmq/errand.hpp"
#include "transport/zmq/fanout.hpp"
#include "transport/zmq/outlet.hpp"
#include "transport/zmq/parts.hpp"
#include "transport/zmq/readiness.hpp"

namespace weft::transport::zeromq {

class Publisher final : public End {
 public:
  static Result<std::unique_ptr<End>> open(const Parts& parts, EndOptions options, LinkObserver& observer);
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;
  ~Publisher() override;

  Result<Endpoint> bind(const Endpoint& endpoint) override;
  Result<void> connect(const Endpoint& endpoint) override;
  Result<void> disconnect(const Endpoint& endpoint) override;
  Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) override;
  bool send(Loan& loan, Haste haste) override;
  bool receive(Frame& frame) override;
  [[nodiscard]] int fd() noexcept override { return readiness_.fd(); }

 private:
  Publisher(const Parts& parts, EndOptions options, LinkObserver& observer, Socket socket,
            Readiness readiness);

  Result<void> wait_for_room(Deadline deadline);
  void notice();
  void tick();
  bool finish_quietly();
  void flow();
  void rest();
  [[nodiscard]] Duration patience() const noexcept;
  void look(std::int64_t stamp_ns);
  bool may_wait(const wire::Peek& frame);
  void let_go();
  void close();

  const EndOptions options_;
  SpinLock lock_;  // guards all below but the watches
  Socket socket_;
  Outlet outlet_;
  Readiness readiness_;
  Bindings bindings_;
  const Scheme scheme_;
  Fanout fanout_;
  bool flowing_ = false;           // the tick runs, not the watch
  std::int64_t looked_at_ns_ = 0;  // by the stamps of frames, as all such
  const std::uint32_t look_after_;
  std::uint32_t unlooked_ = 0;   // sends since we looked
  bool was_full_ = false;        // since the last frame
  std::int64_t full_at_ns_ = 0;  // the first frame after that
  bool pressed_ = false;         // that is not long ago
  std::uint64_t sends_ = 0;
  std::uint64_t sends_at_tick_ = 0;
  int quiet_ticks_ = 0;
  Agent::Watch watch_;
  Agent::Watch tick_;
  Errand letting_go_;  // of what waits: while there is such, and a little longer
};

}  // namespace weft::transport::zeromq
