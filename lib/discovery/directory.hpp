// The directory: who is there, and who is to exchange messages with whom. A pure state machine.
//
// What      apply(event) changes the state and answers what is to be said to which session, in this order. Ports of
//           one name are pairs: an owner (publisher, server) and a guest (subscriber, client). A pair whose types or
//           QoS do not fit is refused, and kept with its reason. For one that fits, the first medium in the owner's
//           order that both have is chosen; the owner is asked to be reachable over it (Host), unless it is already,
//           and then the guest is told where (Join). Where the owner cannot, the next medium is tried.
//           A node is a name: the ports that it made stay when it goes.
//           Watchers are told the whole as it is, then Synced, then all that changes.
//           A port with no media is in no pair: it keeps to its endpoints by hand, and is there for people to see.
//           Two ports of one Context are that Context's own business: Scope says whose directory this is.
// Threads   One at a time.
// Bounds    Limits, below: what goes beyond is refused by closing the session.
// Cost      An event costs what it changes: a port its pairs, not the number of ports.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "discovery/packet.hpp"

namespace weft::discovery {

/// Whose pairs are told to meet: those of different Contexts (the daemon), or those of one (a Context itself).
enum class Scope : std::uint8_t { between_contexts, within_context };

/// A connection to the directory.
using SessionId = std::uint64_t;

/// What a directory says.
struct Message {
  SessionId to = 0;
  Word word;
};

// ---- events -------------------------------------------------------------------------------------------------------

/// A Context or a watcher has come. A context that is there already is refused.
struct Joined {
  SessionId session = 0;
  Session identity;
  bool watches = false;
};

/// A session has ended.
struct Ended {
  SessionId session = 0;
  Departure why = Departure::died;
};

/// What a session said.
struct Said {
  SessionId session = 0;
  ContextWord word;
};

/// A session lost what it was told last: it is told Anew, then all that is so now, then Synced.
struct Again {
  SessionId session = 0;
};

using Event = std::variant<Joined, Ended, Said, Again>;

class Directory final {
 public:
  /// What one session may have.
  static constexpr std::size_t most_ports = 100'000;
  static constexpr std::size_t most_nodes = 10'000;
  /// Of one name: a port that would bring more is there, but meets nobody.
  static constexpr std::size_t most_pairs = 1'000'000;
  /// Of one port: media, and endpoints by hand.
  static constexpr std::size_t most_media = 8;
  static constexpr std::size_t most_by_hand = 64;
  static constexpr std::size_t most_by_hand_bytes = 32 * 1024;
  /// Bytes of a program's, a version's or a node's name.
  static constexpr std::size_t most_text = 256;

  explicit Directory(Scope scope);
  ~Directory();
  Directory(Directory&&) noexcept;
  Directory& operator=(Directory&&) noexcept;

  /// What is to be said now is appended to `said`. Errors: malformed, too_big, in_use (a context that is there
  /// already): the event's session is to be closed, and nothing has changed.
  Result<void> apply(const Event& event, std::vector<Message>& said);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::discovery
