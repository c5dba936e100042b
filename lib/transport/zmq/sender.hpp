// The sender's end: a DEALER socket with one connection, to an inbox or to a plain REP of any language.
//
// What      Introduces itself on each new connection, with a number that the inbox's answer echoes, and is
//           matched by that answer. An answer without the empty part says that the inbox is as weft's: then short
//           frames that may wait travel in bundles, each of which counts as one of `depth`
//           (docs/decisions/0013-bundles.md). libzmq keeps the socket's queue across connections, so that replies which
//           had arrived are still read; requests that it then sends to another inbox are dropped there (inbox.hpp).
// Threads   As transport.hpp says, by lock_ like Subscriber.
#pragma once

#include <deque>
#include <mutex>

#include "base/spin_lock.hpp"
#include "transport/zmq/attachments.hpp"
#include "transport/zmq/errand.hpp"
#include "transport/zmq/gathering.hpp"
#include "transport/zmq/monitor.hpp"
#include "transport/zmq/parts.hpp"
#include "transport/zmq/readiness.hpp"

namespace weft::transport::zeromq {

class Sender final : public End {
 public:
  static Result<std::unique_ptr<End>> open(const Parts& parts, EndOptions options, LinkObserver& observer);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  ~Sender() override;

  Result<Endpoint> bind(const Endpoint& endpoint) override;
  /// Once.
  Result<void> connect(const Endpoint& endpoint) override;
  Result<void> disconnect(const Endpoint& endpoint) override;
  /// Waits for room in the queue to the inbox. Errors also: unavailable at once if no inbox is matched.
  Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) override;
  bool send(Loan& loan, Haste haste) override;
  bool receive(Frame& frame) override;
  [[nodiscard]] int fd() noexcept override { return readiness_.fd(); }

 private:
  Sender(const Parts& parts, EndOptions options, LinkObserver& observer, Socket socket, Monitor monitor,
         Readiness readiness);

  void begin_anew(DropCause cause);

  /// Sends between two looks at the monitor.
  static constexpr unsigned look_after = 256;

  [[nodiscard]] bool is_matched() const noexcept { return inbox_ && !gone_; }
  Result<void> wait_for_room(std::unique_lock<SpinLock>& lock, Deadline deadline);
  bool look();
  void introduce();
  bool send_alone(Loan& loan);
  Sent send(Message& frame);
  void send_or_keep(Message& frame);
  void send_bundle();
  bool send_unsent();
  void drop_waiting();
  void let_go();
  void try_again();
  void tell_of_replies();
  void part();
  bool read(Frame& frame);
  bool take(Frame& frame, Message& message);
  void met(BytesView frame, bool bare);
  void end(DropCause cause);
  [[nodiscard]] Error unavailable() const;

  const EndOptions options_;
  LinkObserver& observer_;
  SpinLock lock_;  // guards all below; loan() waits without it
  Socket socket_;
  Monitor monitor_;  // ends before its socket
  Readiness readiness_;
  Bindings bindings_;
  Attachments attachments_;
  bool attached_ = false;  // connect() was called
  bool connected_ = false;
  std::uint64_t connection_ = 0;  // the number of the last introduction
  bool introduction_due_ = false;
  bool bare_ = false;            // the inbox is weft's: frames go without the empty part
  std::optional<PortId> inbox_;  // who is matched
  bool leaving_ = false;         // it said goodbye
  bool gone_ = false;            // its connection has ended; what had arrived may still come
  Gathering gathering_;          // frames that wait for others
  Errand letting_go_;            // of these: while there are such, and a little longer
  std::deque<Message> unsent_;   // what libzmq had no room for; before what is gathered
  Errand trying_again_;          // with these
  std::optional<Instant> full_since_;
  unsigned unlooked_ = 0;  // sends since look()
  Pool pool_;
  std::optional<Frame> early_;  // read by loan(), for receive()
  Warning bad_announcement_;
};

}  // namespace weft::transport::zeromq
