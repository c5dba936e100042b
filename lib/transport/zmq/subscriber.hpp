// The subscriber's end: an XSUB socket.
//
// What      Its subscriptions tell publishers that it is there (framing.hpp); it introduces itself when it
//           connects and whenever a publisher asks. A publisher's frames count from its introduction on;
//           before that they are not ours, but where they come without one it is asked for. It confirms what it
//           has taken: every introduction, every tail, and each quarter of the window.
// Threads   As transport.hpp says: all but the options belongs to whoever holds `lock_`. Who finds it held in
//           receive() leaves again; its holder raises readiness_ before he lets go.
#pragma once

#include "base/spin_lock.hpp"
#include "transport/zmq/attachments.hpp"
#include "transport/zmq/connections.hpp"
#include "transport/zmq/parts.hpp"
#include "transport/zmq/readiness.hpp"
#include "transport/zmq/unbundler.hpp"

namespace weft::transport::zeromq {

class Subscriber final : public End {
 public:
  /// More publishers than these are ignored.
  static constexpr std::size_t most = 4096;

  static Result<std::unique_ptr<End>> open(const Parts& parts, EndOptions options, LinkObserver& observer);
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
  ~Subscriber() override;

  Result<Endpoint> bind(const Endpoint& endpoint) override;
  Result<void> connect(const Endpoint& endpoint) override;
  Result<void> disconnect(const Endpoint& endpoint) override;
  Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) override;
  bool send(Loan& loan, Haste haste) override;
  bool receive(Frame& frame) override;
  [[nodiscard]] int fd() noexcept override { return readiness_.fd(); }

 private:
  /// A publisher.
  struct Source {
    PortId id;
    int connection = -1;
    std::uint64_t begin = 0;  ///< The last sequence before it introduced itself.
    std::uint64_t taken = 0;
    std::uint32_t window = 0;   ///< The smaller of both depths.
    std::uint32_t quantum = 0;  ///< So many frames are told at once.
    std::uint32_t untold = 0;   ///< Frames taken since it was told.
    bool leaving = false;       ///< It said goodbye.
    bool gone = false;          ///< Its connection has ended; what had arrived may still come.
  };

  Subscriber(const Parts& parts, EndOptions options, const Token& token, LinkObserver& observer,
             Socket socket, Monitor monitor, Readiness readiness);

  bool take(Frame& frame, Message& message);
  bool take_other(Frame& frame, Message& message, BytesView bytes);
  void take_bundle(Message message);
  void badly_bundled();
  bool accept_bundled(const Frame& frame);
  bool accept(Source* source, const wire::Peek& peek, BytesView bytes);
  bool take_own(Frame& frame, Message& message, BytesView bytes);
  Source* source_of(const PortId& id) noexcept;
  bool read(Frame& frame);
  Source* adopt(Message& message, std::uint64_t sequence);
  void begin(const wire::FrameView& frame, const Terms& offered, int connection);
  [[nodiscard]] bool came_by(const Source& source, int connection) const noexcept;
  void end(const Source& source, DropCause cause);
  void overhear(const wire::Peek& frame);
  bool ask_stranger();
  bool count(Source& source, const wire::Peek& frame, BytesView bytes);
  bool look();
  bool settle();
  void introduce();
  void confirm(Source& source);
  Source* find(const PortId& id) noexcept;

  const EndOptions options_;
  LinkObserver& observer_;
  const Token token_;
  const Bytes prefix_;         // of messages
  const Bytes bundle_prefix_;  // of several at once
  const Bytes own_prefix_;     // of what is for us alone
  SpinLock lock_;              // guards all below
  Socket socket_;
  Monitor monitor_;  // ends before its socket
  Readiness readiness_;
  Bindings bindings_;
  Attachments attachments_;
  Connections connections_;
  Unbundler unbundler_;
  PortId bundled_;  // whose frames are in that
  std::vector<Source> publishers_;
  Source* recent_ = nullptr;      // the publisher found last; none when their vector has changed
  PortId stranger_;               // who sent frames last without an introduction,
  std::uint64_t overheard_ = 0;   // the sequence of the last one,
  std::uint32_t unanswered_ = 0;  // and how many since it was asked
  bool skipping_ = false;         // the rest of a message in parts
  Warning too_many_;
  Warning bad_announcement_;
  Warning bad_bundle_;
};

}  // namespace weft::transport::zeromq
