// The inbox's end: a bound ROUTER socket.
//
// What      A request is an empty part and a frame, before which libzmq puts the sender's id: so a plain REQ
//           socket is a legal client. A weft sender introduces itself by an announcement and is answered with
//           ours, without the empty part: from then on both leave it out, which nearly doubles the rate. Frames that name
//           a source which did not introduce itself on this connection were queued for an inbox before us, and are
//           dropped: a request is never served twice. A plain client's frames name nobody as their source.
// Threads   As transport.hpp says, by lock_ like Subscriber.
#pragma once

#include <string>
#include <unordered_map>

#include "base/spin_lock.hpp"
#include "transport/zmq/connections.hpp"
#include "transport/zmq/parts.hpp"
#include "transport/zmq/readiness.hpp"
#include "transport/zmq/unbundler.hpp"

namespace weft::transport::zeromq {

class Inbox final : public End {
 public:
  static Result<std::unique_ptr<End>> open(const Parts& parts, EndOptions options, LinkObserver& observer);
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox() override;

  Result<Endpoint> bind(const Endpoint& endpoint) override;
  Result<void> connect(const Endpoint& endpoint) override;
  Result<void> disconnect(const Endpoint& endpoint) override;
  /// A return path is a number of ours, good as long as the sender's connection.
  Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) override;
  bool send(Loan& loan, Haste haste) override;
  bool receive(Frame& frame) override;
  [[nodiscard]] int fd() noexcept override { return readiness_.fd(); }

 private:
  using Number = std::uint64_t;
  /// A sender's connection.
  struct Peer {
    std::string id;  ///< libzmq's name for it.
    int connection = -1;
    PortId source;  ///< Nobody, of a plain client.
    Number number = 0;
    bool leaving = false;
    bool gone = false;

    [[nodiscard]] bool is_plain() const noexcept { return source == PortId{}; }
  };

  Inbox(const Parts& parts, EndOptions options, LinkObserver& observer, Socket socket, Monitor monitor,
        Readiness readiness);

  bool look();
  bool remove_gone();
  bool take(Frame& frame);
  bool badly_formed();
  bool badly_bundled();
  bool accept(Frame& frame, Message& message, bool enveloped);
  bool accept_bundled(Frame& frame);
  Peer* find(std::string_view id);
  Peer* adopt(std::string_view id, Message& message);
  void meet(std::string id, Message& message);
  Peer& add(Peer peer);
  void begin(const Peer& peer, BytesView announcement);
  void end(const Peer& peer);
  Sent send_to(const Peer& peer, Message& frame);

  const EndOptions options_;
  LinkObserver& observer_;
  SpinLock lock_;  // guards all below
  Socket socket_;
  Monitor monitor_;  // ends before its socket
  Readiness readiness_;
  Bindings bindings_;
  Connections connections_;
  Unbundler unbundler_;
  Message id_;  // of the last message's sender: kept, since making and closing one are calls of libzmq
  std::unordered_map<Number, Peer> peers_;
  Peer* recent_ = nullptr;                           // of these, the one found last
  std::unordered_map<std::string, Number> numbers_;  // by id
  Number last_number_ = 0;
  std::size_t plain_ = 0;  // how many of the peers are plain clients
  bool any_gone_ = false;
  Warning bad_form_;
  Warning bad_bundle_;
  Warning bad_source_;
  Warning bad_announcement_;
};

}  // namespace weft::transport::zeromq
