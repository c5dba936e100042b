// The seam: a transport moves frames (wire/header.hpp) one way, in two flows.
//
//   flow      role         opens by   loan + send                      receive
//   fan-out   publisher    bind ¹     a frame to every subscriber      (link changes only)
//             subscriber   connect ¹  —                                frames, in each publisher's order
//   inbox     inbox        bind       a reply down a return path       frames, each with its return path
//             sender       connect ²  a frame to the inbox             replies to this sender
//   ¹ a transport whose links have no owner (ZeroMQ) takes either; others answer Errc::unsupported.  ² once: one inbox
//
// Links     A link joins two ends. Before its first frame each end learns who the other is, through its LinkObserver, with
//           what the other announced. "Matched" means that the data path is ready: what is sent after it is received, or
//           counted. A peer that is not weft may be a link of PortId{}.
// Loss      A reliable link never drops: loan() waits until every reliable link has room for `depth` frames in flight. A
//           link that makes no progress for `stall` while it holds up a sender is unmatched (DropCause::stalled) and
//           gates nobody; it begins anew when its reader has taken what had arrived. Best effort never waits; what does
//           not fit is dropped, and the receiver sees the gap in `sequence`. After a pause, and on closing, the receiver
//           is told the last sequence (Kind::tail), unless the transport cannot lose a tail.
// Threads   An End is used by one thread at a time, but bind, connect and disconnect may be called from any other meanwhile,
//           and fd() polled. It calls back through its observer alone: from its own operations, the World's agent, or
//           whoever opens, attaches or closes the peer in the same Context.
// Lifetime  World outlives Transport, Transport its Ends, and an End's observer the End. Closing (~End) flushes for at most
//           `linger` and unlinks every name that the End made. Frames outlive the End they came from.
// Caveats   After fork() the child must not touch any of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/agent.hpp"
#include "base/futex.hpp"
#include "base/log.hpp"
#include "transport/endpoint.hpp"
#include "transport/memory.hpp"
#include "wire/header.hpp"

namespace weft::transport {

using wire::PortId;
enum class Role : std::uint8_t { publisher, subscriber, inbox, sender };

/// Why a link ended, or why frames on it were not delivered.
enum class DropCause : std::uint8_t { full, undecodable, peer_died, peer_left, stalled };
inline constexpr auto drop_causes = std::size_t(DropCause::stalled) + 1;

/// Told of link changes; implemented by the ports. Calls are short and never call the End back.
class LinkObserver {
 public:
  virtual ~LinkObserver() = default;
  /// A link is ready. `announcement` is the peer's EndOptions::announcement, empty for a peer that is not weft. Frames of
  /// this link have sequences above `last_sequence`. Answers whether the peer fits: a link that does not never gates.
  [[nodiscard]] virtual bool matched(PortId peer, BytesView announcement, std::uint64_t last_sequence) = 0;
  /// The link has ended; frames that had arrived were handed out before.
  virtual void unmatched(PortId peer, DropCause cause) = 0;
  /// At a publisher, on a reliable link: the peer has taken every frame up to `sequence`.
  virtual void consumed(PortId peer, std::uint64_t sequence) = 0;
};

struct EndOptions {
  Role role = Role::publisher;
  PortId id;              ///< Unique among all ends of all contexts.
  std::string name;       ///< The topic's or service's name.
  bool reliable = false;  ///< Fan-out: offered by a publisher, asked for by a subscriber; both: reliable.
  /// Messages in flight on one link, of which the smaller of both ends' counts; the rest of a frame may go beyond it. To 10^6.
  std::uint32_t depth = 1000;
  Duration stall = std::chrono::seconds(10);  ///< See Loss, above.
  Duration linger = std::chrono::seconds(1);  ///< How long closing may take to flush.
  Bytes announcement;                         ///< Handed to every peer, as it is.
  std::string schema;  ///< At a publisher: for listeners that are not weft and ask for it.
  /// At a publisher: the last sequence given out, also to frames that no End saw since nobody listened; outlives the
  /// End. Read for a link's `last_sequence` after the publisher's observer was told of the link (both seq_cst).
  const std::atomic<std::uint64_t>* sequence = nullptr;
};

struct Traits {          // what the rooms above may know of a transport: never its name
  bool objects = false;  ///< Both ends share a Context: a frame may carry an object in place of a payload.
  bool aligned = false;  ///< A received payload keeps the alignment (8) that it had in the loan.
  bool batches = false;  ///< A frame may have several messages, each one of `depth` (wire::count_of).
  bool polled = false;   ///< receive() finds nothing without a system call: it may be asked again and again.
  std::uint64_t max_frame = 0;  ///< Bytes, header included.
};

/// `soon`: a frame may wait for others to travel with, until receive() or, where the agent is free, 0.2 ms later; together
/// they are one of a sender's `depth`. In one order with all; for who knows that the receiver has enough to do.
enum class Haste : std::uint8_t { now, soon };

/// One end of a flow; moves only behind its unique_ptr.
class End {
 public:
  virtual ~End() = default;

  /// Waits for peers at an endpoint; answers with the endpoint that they can connect to (a port chosen, a name resolved).
  /// Errors: in_use, permission_denied, too_big (a path), unsupported. Nothing half-made is left.
  virtual Result<Endpoint> bind(const Endpoint& endpoint) = 0;

  /// Attaches to an endpoint now or whenever somebody binds it, again after it was lost. Never blocks. Errors: unsupported.
  virtual Result<void> connect(const Endpoint& endpoint) = 0;

  /// At a subscriber or sender: no new link by that endpoint. A live one goes on until the peer ends it, and what had
  /// arrived is handed out. Never blocks. Errors: not_found (it is not attached there), unsupported.
  virtual Result<void> disconnect(const Endpoint& endpoint) = 0;

  /// Room for one frame of `bytes` bytes in the transport's own memory, uninitialised, 8-aligned where the traits say
  /// `aligned`; into an empty `loan`, where it stays: moving it costs as much as the rest of the way. On a reliable End
  /// waits for room; else never blocks. Errors, which the port's name is put before: timeout, too_big, resource_exhausted;
  /// unavailable (a sender without a peer). A loan dropped unsent is returned. `to`: a reply's return path, or nullptr.
  virtual Result<void> loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) = 0;

  /// Sends a loan of this End, which is used up by it; REQUIRES a complete frame in it. Never blocks, never fails but by
  /// dropping: false if it was a reply and its receiver is gone or takes nothing. To busy readers: as if `soon`.
  virtual bool send(Loan& loan, Haste haste = Haste::now) = 0;

  /// The next frame, if one is there, in place of what `frame` held; also takes in link changes, and those that the observer
  /// was told of before are complete after it. Never blocks. After it answered false, fd() becomes readable at the next frame
  /// or link change; what comes while one sends it need not tell: call this again before you sleep.
  virtual bool receive(Frame& frame) = 0;

  /// The End's descriptor to poll for POLLIN, as receive() says; may wake without cause. To be asked for before each sleep.
  [[nodiscard]] virtual int fd() noexcept = 0;

  /// The same by futexes, to be added before each sleep; false: it has none.
  virtual bool sleep_on(Futexes& /*futexes*/) noexcept { return false; }
};

/// What a transport is given; made by the Context.
struct World {
  std::string runtime_directory;  ///< Where names without a directory live (os_names.hpp).
  Agent& agent;                   ///< The Context's one thread.
  LogSink& log;
  std::uint64_t shared_memory = 0;  ///< Bytes of it that may be used at most; 0: half of the machine's.
};

/// One kind of road; one object per Context and scheme, used from any thread.
class Transport {
 public:
  virtual ~Transport() = default;
  /// The scheme of its endpoints' URIs.
  [[nodiscard]] virtual std::string_view scheme() const noexcept = 0;
  /// The same for every End.
  [[nodiscard]] virtual Traits traits() const noexcept = 0;
  /// Where an End of this id binds if nobody says where: no other End's; bind() answers where that is.
  [[nodiscard]] virtual Endpoint own_endpoint(const PortId& id) const = 0;
  /// An End without links; `observer` outlives it. Errors: resource_exhausted, unsupported (a role).
  virtual Result<std::unique_ptr<End>> open(EndOptions options, LinkObserver& observer) = 0;
};

}  // namespace weft::transport
