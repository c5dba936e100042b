// An end over shared memory, of any role (transport.hpp).
//
// What      Two ends meet at a socket (doors.hpp), by which they show each other their memory, and which tells each of the
//           other's end. Frames go through memory alone (outflow.hpp, inflow.hpp). The agent meets peers and listens to what
//           they say; the end's own thread takes that in when it next does something.
// Threads   As transport.hpp says.
// Locks     Doors' own, then the end's; observers are called under both. No watch of the agent's ends under one.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "transport/shm/doors.hpp"
#include "transport/shm/inflow.hpp"
#include "transport/shm/outflow.hpp"
#include "transport/shm/wake.hpp"
#include "transport/warning.hpp"

namespace weft::transport::shm {

/// What all ends of a Context share.
struct Parts {
  const World& world;
  Budget& budget;
  Doors& doors;
};

class ShmEnd final : public End, public Host {
 public:
  /// Of the longest payload, and any header.
  static constexpr std::uint64_t max_frame = (std::uint64_t(1) << 30) + (1 << 16);

  static Result<std::unique_ptr<End>> open(const Parts& parts, EndOptions options, LinkObserver& observer);
  ShmEnd(const ShmEnd&) = delete;
  ShmEnd& operator=(const ShmEnd&) = delete;
  ~ShmEnd() override;

  Result<Endpoint> bind(const Endpoint& endpoint) override;
  Result<void> connect(const Endpoint& endpoint) override;
  Result<void> disconnect(const Endpoint& endpoint) override;
  Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) override;
  bool send(Loan& loan, Haste haste) override;
  bool receive(Frame& frame) override;
  int fd() noexcept override;
  bool sleep_on(Futexes& futexes) noexcept override;

  void meet(std::shared_ptr<Connection> guest, Packet hello) override;

 private:
  using Number = std::uint64_t;

  /// A link, as the end's thread has it.
  struct Link {
    Number number = 0;
    PortId peer;
    std::shared_ptr<Connection> connection;
    std::unique_ptr<Inflow> in;                 // of all but a publisher
    std::unique_ptr<Outflow> out;               // of a sender and an inbox
    std::unique_ptr<Outflow::Reader> arriving;  // the peer, until it is admitted
    std::optional<DropCause> ended;
  };
  /// The socket of a link, as the agent has it.
  struct Line {
    std::shared_ptr<Connection> connection;
    Agent::Watch watch;
    PortId peer;
    Page* page = nullptr;           // of the peer that reads, while it is there
    std::unique_ptr<Link> greeted;  // until the owner has answered
    int regions = 0;
    bool linked = false;
    bool ended = false;
    bool given_up = false;  // by us; the peer reads on
    bool finished = false;  // likewise, and the link has ended for the end's thread
  };
  /// A line whose peer has gone: the agent ceases to listen to it, and then it is closed.
  struct Gone {
    std::map<Number, Line>::node_type line;
    Gone() = default;
    Gone(const Gone&) = delete;
    Gone& operator=(const Gone&) = delete;
    ~Gone() {
      if (!line) return;
      line.mapped().watch = {};
      line.mapped().connection->close();
    }
  };
  /// An endpoint that a guest wants to be attached to.
  struct Attachment {
    Endpoint endpoint;
    std::string path;
    Number line = 0;  // 0: nobody is there
  };
  /// What the agent has seen, for the end's thread.
  struct News {
    enum class What : std::uint8_t { arrived, shown, ended, gone } what;
    Number number;
    std::unique_ptr<Link> link = nullptr;
    Seen seen = {};
    DropCause cause = DropCause::peer_died;
  };

  ShmEnd(const Parts& parts, EndOptions options, LinkObserver& observer, Wake wake);
  [[nodiscard]] bool is(Role role) const noexcept { return options_.role == role; }
  [[nodiscard]] bool is_owner() const noexcept { return is(Role::publisher) || is(Role::inbox); }
  [[nodiscard]] Error cannot(const char* what) const;

  // Any thread, with the lock:
  void knock();
  void knock_again();
  void attach_anew(Number number);
  bool greet(Attachment& attachment, std::shared_ptr<Connection> connection);
  Result<std::unique_ptr<Outflow>> make_flow(Number number);
  Result<std::unique_ptr<Outflow::Reader>> make_reader(Outflow& flow, Number number, const Packet& packet,
                                                       std::shared_ptr<Connection> connection);
  [[nodiscard]] Greeting greeting(Greeting::Kind kind) const;
  void tell(News news);
  void end_line(Number number, Line& line, DropCause cause);
  bool match(PortId peer, const Packet& packet, std::uint64_t last);

  // The agent:
  void on_readable(Number number);
  bool on_packet(Number number, Packet packet);
  void on_gone(Number number);
  void forget_unseen(Number number);
  Result<void> welcome_subscriber(Number number, Line& line, Packet& hello);
  Result<void> welcome_sender(Number number, Line& line, Packet& hello);
  Result<void> be_welcomed(Number number, Line& line, Packet& welcome);

  // The end's thread:
  void take_news() {
    if (news_there_.load(std::memory_order_seq_cst)) [[unlikely]]  // pairs with tell()
      take_all_news();
  }
  void take_all_news();
  void take(News& news);
  [[nodiscard]] Link* find(Number number) noexcept;
  Result<Outflow*> flow_to(const ReturnPath* to);
  Result<void> wait_for_room(Outflow& flow, std::size_t bytes, Deadline deadline);
  void give_up(Outflow& flow, Number number);
  bool receive_from(Link& link, Frame& frame);
  void finish(Number number, DropCause cause);

  const Parts parts_;
  const EndOptions options_;
  LinkObserver& observer_;
  const Wake wake_;
  Warning cannot_meet_;  // under the lock
  Warning cannot_read_;  // the end's thread's
  // The end's thread's:
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<std::unique_ptr<Link>> leaving_;  // that are given up, until the peer has closed them
  std::size_t next_ = 0;
  bool armed_ = false;
  bool asleep_ = false;      // on futexes
  Outflow* flow_ = nullptr;  // a publisher's, once it has been taken in
  std::atomic<bool> news_there_{false};
  Futex news_bell_{0};  // changes with it

  std::mutex mutex_;                   // guards the rest
  std::unique_ptr<Outflow> own_flow_;  // a publisher's
  std::vector<Attachment> attachments_;
  std::map<Number, Line> lines_;
  Number last_number_ = 0;
  std::vector<News> news_;
  std::optional<Agent::Watch> retry_;
};

}  // namespace weft::transport::shm
