// What the directory keeps of sessions, ports and pairs. For the directory alone.
//
// Lifetime  A session owns its nodes and ports; a port lies still while it is there. A pair is in the maps of both of
//           its ports, or in none.
// Threads   One at a time.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "discovery/directory.hpp"
#include "discovery/room.hpp"
#include "discovery/type_table.hpp"

namespace weft::discovery {

struct PortRecord;
struct PairRecord;

struct SessionRecord {
  SessionId id = 0;
  Session identity;
  bool watches = false;
  bool gone = false;  // it is being withdrawn, and told nothing
  Room::Share taken = 0;
  std::map<std::uint32_t, Node> nodes;
  std::map<std::uint32_t, PortRecord> ports;
};

/// The ports of one sort and name, which may meet.
struct Meeting {
  std::map<PortKey, PortRecord*> owners;
  std::map<PortKey, PortRecord*> guests;
  std::size_t pairs = 0;
};

/// How far an owner is reachable over one of its media.
struct Reach {
  enum class State : std::uint8_t { unasked, asked, reachable, failed };
  State state = State::unasked;
  std::shared_ptr<const std::string> words;  // where; or why not
  std::size_t bytes = 0;                     // that these take of the session's share
};

struct PortRecord {
  SessionRecord* session = nullptr;
  Port port;  // without schema, response and endpoints
  TypeTable::Pair types;
  std::vector<Reach> reach;                              // of each of port.media; an owner's
  std::size_t bytes = 0;                                 // that it takes of its session's share
  Meeting* meeting = nullptr;                            // none: it meets nobody
  std::map<PortKey, std::shared_ptr<PairRecord>> pairs;  // by the other's key

  [[nodiscard]] bool owns() const noexcept { return is_owner(port.kind); }
};

/// What a pair has come to.
struct Standing {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  PairState state = PairState::starting;
  std::size_t medium = none;  // of the owner's
  Obstacle obstacle = Obstacle::none;
  std::shared_ptr<const std::string> words;  // refused: why; joined: where
};

struct PairRecord {
  PortRecord& owner;
  PortRecord& guest;
  SessionRecord& payer;  // of the port that came last: its share has room for the pair
  Standing misfit;       // refused, whatever the media are; or not
  Standing now = {};
  std::size_t reason_bytes = 0;  // that it takes beside pair_footprint

  [[nodiscard]] PortRecord& other(const PortRecord& one) const noexcept {
    return &one == &owner ? guest : owner;
  }
  [[nodiscard]] bool of_one_context() const noexcept { return owner.session == guest.session; }
};

/// Where the words of one event go.
class Voice final {
 public:
  using Watchers = std::map<SessionId, SessionRecord*>;
  Voice(const Sink& sink, const Watchers& watchers) : sink_(sink), watchers_(watchers) {}

  void tell(const SessionRecord& to, const Word& word) {
    if (!to.gone) sink_(to.id, word);
  }
  [[nodiscard]] bool watched() const noexcept { return !watchers_.empty(); }
  void show(const Word& word) {
    for (const auto& [id, watcher] : watchers_)
      tell(*watcher, word);
  }

 private:
  const Sink& sink_;
  const Watchers& watchers_;
};

/// The port as it is announced to watchers.
Port description(const PortRecord& record);
Pair description(const PairRecord& record);
/// The port as its peers hear of it.
Peer peer(const PortRecord& record);

}  // namespace weft::discovery
