// The directory: who is there, and who is to exchange messages with whom. A pure state machine.
//
// What      apply(event) changes the state and answers what is to be said to which session, in this order. Ports of
//           one name are pairs: an owner (publisher, server, worker) and a guest (subscriber, client, producer). A
//           pair whose types or QoS do not fit is refused, and kept with its reason. For one that fits, the first medium in the owner's
//           order that both have is chosen; the owner is asked to be reachable over it (Host), unless it is already,
//           and then the guest is told where (Join). Where the owner cannot, the next medium is tried.
//           A node is a name: the ports that it made stay when it goes.
//           Watchers are told the whole as it is, then Synced, then all that changes.
//           A port with no media is in no pair: it keeps to its endpoints by hand, and is there for people to see.
//           Two ports of one Context are that Context's own business: Scope says whose directory this is.
// Threads   One at a time.
// Bounds    Below: of each session, of each name, and of all that is kept (room.hpp). A node or port that would go beyond
//           is not taken in, and its session is told so and what to do (Refused, Obstacle::room); nobody else notices.
//           Where there is no room for a pair's reason, that is said instead of it. Types are parsed and compared by a
//           table of its own bounds (type_table.hpp). What is out of form is refused by closing the session.
// Cost      An event costs what it changes: a port its pairs, not the number of ports. What is said is kept nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <variant>

#include "base/error.hpp"
#include "discovery/packet.hpp"

namespace weft::discovery {

/// Whose pairs are told to meet: those of different Contexts (the daemon), or those of one (a Context itself).
enum class Scope : std::uint8_t { between_contexts, within_context };

/// A connection to the directory.
using SessionId = std::uint64_t;

/// Takes what a directory says, and to whom.
using Sink = std::function<void(SessionId to, const Word& word)>;

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
  /// What one session may have,
  static constexpr std::size_t most_ports = 100'000;
  static constexpr std::size_t most_nodes = 10'000;
  /// and what that may take, with its text and the pairs that came about when it came; in bytes.
  static constexpr std::size_t most_session_bytes = std::size_t{64} << 20;
  /// The same of all sessions.
  static constexpr std::size_t most_bytes = 4 * most_session_bytes;
  /// Pairs of one name.
  static constexpr std::size_t most_pairs = 250'000;
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

  /// What is to be said now is said to `sink`, in this order; that does not come back here. Errors: malformed, too_big,
  /// in_use (a context that is there already): the event's session is to be closed, nothing was said and nothing has
  /// changed.
  Result<void> apply(const Event& event, const Sink& sink);
  /// What apply() would answer.
  [[nodiscard]] Result<void> may_join(const Joined& event) const;
  /// How much of most_bytes is taken.
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::discovery
