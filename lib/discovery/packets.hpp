// What Contexts and the daemon say to each other: ordinary messages, one to a packet.
//
//   Context to daemon                                daemon to Context
//       Hello        first                               Welcome      first; the session ends if it refuses
//       NodeUp, NodeDown                                 Host         be reachable over this medium
//       PortUp, PortDown                                 Join, Leave  attach to this peer; it has gone
//       Hosting      the answer to Host                  Refused      this peer does not fit
//       Synced       all that was there is said          Anew         what was said no longer counts
//                                                        Synced       all that is so now is said
//                                                        Seen, Gone   to watchers: the whole directory
//
// A packet is the message's fingerprint (8 bytes, little-endian) and the message as MessagePack. Hello and Welcome are
// read by decode_growing() and may grow at their end; they carry the schemas of what follows, so that all other packets
// evolve by name (type/plan.hpp). A packet of a type that the receiver does not know is passed over. Only another
// protocol_major is refused.
//
// Threads   Values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "type/message.hpp"

namespace weft::discovery {

/// Another one cannot be talked to.
inline constexpr std::uint32_t protocol_major = 1;

/// A port of a Context: wire::PortId as a message.
struct PortKey {
  std::uint64_t context = 0;
  std::uint32_t port = 0;
  friend bool operator==(const PortKey&, const PortKey&) = default;
  friend auto operator<=>(const PortKey&, const PortKey&) = default;
  WEFT_MESSAGE("weft/PortKey", context, port)
};

/// What a port is.
enum class PortKind : std::uint8_t { publisher, subscriber, server, client, worker, producer };
WEFT_ENUM(PortKind, "weft/PortKind", publisher, subscriber, server, client, worker, producer)
inline constexpr std::size_t port_kinds = 6;

/// What ports of one name meet in. A topic, a service and a queue of one name are three.
enum class Sort : std::uint8_t { topic, service, queue };
WEFT_ENUM(Sort, "weft/Sort", topic, service, queue)
inline constexpr std::array all_sorts{Sort::topic, Sort::service, Sort::queue};

/// The two kinds that meet: the owner of what is attached to, and its guest, which attaches.
struct Sides {
  PortKind owner;
  PortKind guest;
};
constexpr Sides sides_of(Sort sort) noexcept {
  if (sort == Sort::topic) return {PortKind::publisher, PortKind::subscriber};
  if (sort == Sort::service) return {PortKind::server, PortKind::client};
  return {PortKind::worker, PortKind::producer};
}
constexpr Sort sort_of(PortKind kind) noexcept {
  if (kind == PortKind::publisher || kind == PortKind::subscriber) return Sort::topic;
  return kind == PortKind::server || kind == PortKind::client ? Sort::service : Sort::queue;
}
constexpr bool is_owner(PortKind kind) noexcept {
  return kind == sides_of(sort_of(kind)).owner;
}
/// Whether it writes what Port::schema says (messages, requests or items) and its peers read that.
constexpr bool is_writer(PortKind kind) noexcept {
  return is_owner(kind) == (sort_of(kind) == Sort::topic);
}

/// A way in which a port can exchange messages.
struct Medium {
  std::string scheme;           ///< Of its endpoints.
  bool within_context = false;  ///< Only ports of one Context share it.
  friend bool operator==(const Medium&, const Medium&) = default;
  WEFT_MESSAGE("weft/Medium", scheme, within_context)
};

/// What a port says about itself.
struct Port {
  PortKey key;
  PortKind kind = PortKind::publisher;
  std::uint32_t node = 0;     ///< The node that made it (NodeUp); 0: none.
  std::string name;           ///< Of its topic, service or queue, its namespace included.
  std::string schema;         ///< Of messages, requests or items, canonical text; empty: any type.
  std::string response;       ///< Of responses; empty: any, or no service.
  bool reliable = false;      ///< Offered by the writer, asked for by the reader; not said of services.
  std::uint32_t depth = 0;    ///< Messages in flight on one link.
  std::vector<Medium> media;  ///< That it can use; the owner's order decides. None: it meets nobody here.
  std::vector<std::string> endpoints;  ///< Where it is reachable already, by this session's Hosting.
  std::vector<std::string> by_hand;    ///< Where it was bound or connected by hand: for people to see.
  WEFT_MESSAGE("weft/Port", key, kind, node, name, schema, response, reliable, depth, media, endpoints,
               by_hand)
};

/// A node: a name that people see.
struct Node {
  std::uint32_t node = 0;  ///< Its number in its Context.
  std::string name;
  std::string name_space;  ///< Put before the names of its topics; empty: none.
  WEFT_MESSAGE("weft/Node", node, name, name_space)
};

struct Hello {
  std::uint32_t major = protocol_major;
  std::string version;               ///< weft's, for people.
  std::uint64_t context = 0;         ///< As in PortKey.
  std::string program;               ///< argv[0]'s last part, for people.
  bool watches = false;              ///< Wants Seen and Gone of everything.
  std::vector<std::string> schemas;  ///< Of the packets that the sender may send.
  WEFT_MESSAGE("weft/Hello", major, version, context, program, watches, schemas)
};

struct Welcome {
  std::uint32_t major = protocol_major;
  std::string version;
  std::string domain;
  std::string refusal;  ///< Why there will be no session; empty: welcome.
  std::vector<std::string> schemas;
  WEFT_MESSAGE("weft/Welcome", major, version, domain, refusal, schemas)
};

struct NodeUp {
  Node node;
  WEFT_MESSAGE("weft/NodeUp", node)
};

struct NodeDown {
  std::uint32_t node = 0;
  WEFT_MESSAGE("weft/NodeDown", node)
};

struct PortUp {
  Port port;
  WEFT_MESSAGE("weft/PortUp", port)
};

struct PortDown {
  std::uint32_t port = 0;
  WEFT_MESSAGE("weft/PortDown", port)
};

/// An owner is to be reachable over a medium; it answers with Hosting.
struct Host {
  std::uint32_t port = 0;
  std::string scheme;
  WEFT_MESSAGE("weft/Host", port, scheme)
};

struct Hosting {
  std::uint32_t port = 0;
  std::string scheme;
  std::string endpoint;  ///< Where; empty where it failed,
  std::string error;     ///< and why.
  WEFT_MESSAGE("weft/Hosting", port, scheme, endpoint, error)
};

/// What a port is told of a peer.
struct Peer {
  PortKey key;
  PortKind kind = PortKind::publisher;
  std::string node;      ///< Its node's name.
  std::string program;   ///< Its program's,
  std::int32_t pid = 0;  ///< and process.
  WEFT_MESSAGE("weft/Peer", key, kind, node, program, pid)
};

/// A guest is to attach to an owner.
struct Join {
  std::uint32_t port = 0;
  Peer peer;
  std::string endpoint;
  WEFT_MESSAGE("weft/Join", port, peer, endpoint)
};

/// Why a peer has gone.
enum class Departure : std::uint8_t { left, died };
WEFT_ENUM(Departure, "weft/Departure", left, died)

/// A peer that the port was told to join, or that was refused, has gone.
struct Leave {
  std::uint32_t port = 0;
  PortKey peer;
  Departure why = Departure::left;
  WEFT_MESSAGE("weft/Leave", port, peer, why)
};

/// Why two ports of one name do not exchange messages.
enum class Obstacle : std::uint8_t { none, type, reliability, medium, hosting, room };
WEFT_ENUM(Obstacle, "weft/Obstacle", none, type, reliability, medium, hosting, room)

/// The peer does not fit; said to both. Or, with Obstacle::room and no peer: the directory has no room for the port (0:
/// for a node), and does not know it.
struct Refused {
  std::uint32_t port = 0;
  Peer peer;
  Obstacle obstacle = Obstacle::type;
  std::string reason;  ///< One line: the fields or the clause, and both sides.
  WEFT_MESSAGE("weft/Refused", port, peer, obstacle, reason)
};

/// Words to this session were lost. Forget what has been said: all that is so now follows, and then Synced.
struct Anew {
  std::uint32_t unused = 0;
  WEFT_MESSAGE("weft/Anew", unused)
};

struct Synced {
  std::uint32_t unused = 0;
  WEFT_MESSAGE("weft/Synced", unused)
};

/// A Context as the kernel vouches for it.
struct Session {
  std::uint64_t context = 0;
  std::string program;
  std::string version;
  std::int32_t pid = 0;
  std::uint32_t uid = 0;
  WEFT_MESSAGE("weft/Session", context, program, version, pid, uid)
};

/// Two ports of one name that could exchange messages.
enum class PairState : std::uint8_t {
  starting,  ///< The owner is asked to be reachable.
  joined,    ///< The other was told to attach.
  local,     ///< Of one Context, which joins them itself.
  refused,
};
WEFT_ENUM(PairState, "weft/PairState", starting, joined, local, refused)

struct Pair {
  PortKey owner;
  PortKey guest;
  PairState state = PairState::starting;
  std::string medium;  ///< Its scheme; empty where refused.
  Obstacle obstacle = Obstacle::none;
  std::string reason;  ///< Where refused.
  WEFT_MESSAGE("weft/Pair", owner, guest, state, medium, obstacle, reason)
};

struct SessionSeen {
  Session session;
  WEFT_MESSAGE("weft/SessionSeen", session)
};

/// Its nodes, ports and pairs have gone with it.
struct SessionGone {
  std::uint64_t context = 0;
  Departure why = Departure::left;
  WEFT_MESSAGE("weft/SessionGone", context, why)
};

struct NodeSeen {
  std::uint64_t context = 0;
  Node node;
  WEFT_MESSAGE("weft/NodeSeen", context, node)
};

struct NodeGone {
  std::uint64_t context = 0;
  std::uint32_t node = 0;
  WEFT_MESSAGE("weft/NodeGone", context, node)
};

/// New, or changed: an owner is reachable.
struct PortSeen {
  Port port;
  WEFT_MESSAGE("weft/PortSeen", port)
};

/// Its pairs have gone with it.
struct PortGone {
  PortKey key;
  WEFT_MESSAGE("weft/PortGone", key)
};

/// New, or changed.
struct PairSeen {
  Pair pair;
  WEFT_MESSAGE("weft/PairSeen", pair)
};

}  // namespace weft::discovery
