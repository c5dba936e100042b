// What happened to a port's peers, for the program to ask: next_event() of every port.
//
// Threads   Any.
// Bounds    The last `most` events that nobody has asked for are kept; older ones are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "discovery/packets.hpp"
#include "node/counters.hpp"
#include "run/waker.hpp"

namespace weft {

struct PeerEvent {
  enum class What : std::uint8_t {
    matched,       ///< The data path is ready.
    unmatched,     ///< The link has ended.
    incompatible,  ///< It does not fit; `reason` says why.
    unreachable,   ///< It would fit, but no link to it can be made; `reason` says why.
  };
  What what = What::matched;
  PortId peer;           ///< {} for a peer that is not weft.
  std::string node;      ///< The name of its node, of its program, and its process: as it says itself,
  std::string program;   ///< but where discovery knows it, the process as the kernel says; empty and 0
  std::int32_t pid = 0;  ///< of a peer that is not weft, or of an earlier version.
  std::optional<DropCause> cause = {};  ///< Of unmatched, and of nothing else: why the link has ended.
  std::string reason = {};              ///< One line.
};

/// "matched", "unmatched", "incompatible", "unreachable".
std::string_view to_string(PeerEvent::What what) noexcept;

namespace node {

class PeerEvents final {
 public:
  static constexpr std::size_t most = 256;

  /// `waker` is woken at every event, and outlives this.
  explicit PeerEvents(run::Waker& waker) noexcept : waker_(waker) {}

  void put(PeerEvent event);
  /// The oldest one.
  std::optional<PeerEvent> take();

  /// Discovery says who a peer is: events about it say it, too, until it has been forgotten and its link has ended.
  void know(const discovery::Peer& peer);
  void forget(const PortId& peer);
  void forget_all();

 private:
  struct Known {
    discovery::Peer peer;
    bool linked = false;
    bool forgotten = false;
  };

  run::Waker& waker_;
  std::mutex mutex_;  // guards the rest
  std::deque<PeerEvent> events_;
  std::map<PortId, Known> known_;
};

}  // namespace node

}  // namespace weft
