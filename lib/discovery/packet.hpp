// Packets: the messages of packets.hpp as bytes, and bytes of another version as messages.
//
// What      A packet is the message's fingerprint (8 bytes, little-endian) and the message as MessagePack.
//           The first packet of each side, Hello or Welcome, carries the schemas of all that its sender may say
//           afterwards; a PacketReader is made of these and reads what follows, by name where it differs from what is
//           known here.
// Threads   Pure functions; a const PacketReader may be shared.
// Bounds    Total: any bytes are a message, nothing (passed over) or an error. What a reader keeps, and what a packet
//           costs, is in proportion to max_packet_bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "codec/msgpack.hpp"
#include "discovery/packets.hpp"
#include "type/plan.hpp"

namespace weft::discovery {

/// Of one packet. A sender makes none that is longer, a receiver refuses it: so much passes a Unix socket as Linux
/// makes it.
inline constexpr std::size_t max_packet_bytes = 200 * 1024;
/// In one Hello or Welcome.
inline constexpr std::size_t max_packet_schemas = 64;

/// What a Context says after Hello.
using ContextWord = std::variant<NodeUp, NodeDown, PortUp, PortDown, Hosting, Synced>;

/// What the daemon says after Welcome.
using Word = std::variant<Host, Join, Leave, Refused, Anew, Synced, SessionSeen, SessionGone, NodeSeen,
                          NodeGone, PortSeen, PortGone, PairSeen>;

namespace detail {
inline constexpr std::size_t fingerprint_bytes = 8;
void write_fingerprint(std::uint64_t fingerprint, Bytes& packet) noexcept;
}  // namespace detail

/// The packet of any message.
template <Message T>
Bytes encode_packet(const T& message) {
  Bytes packet(detail::fingerprint_bytes + encoded_size(message));
  detail::write_fingerprint(fingerprint<T>(), packet);
  encode(message, std::span(packet).subspan(detail::fingerprint_bytes));
  return packet;
}
template <class... Ts>
Bytes encode_packet(const std::variant<Ts...>& word) {
  return std::visit([](const auto& message) { return encode_packet(message); }, word);
}

/// The schemas of all alternatives: what a side puts into its Hello (ContextWord) or Welcome (Word).
template <class Words>
std::vector<std::string> schemas_of();

/// The first packet of a session. Errors: malformed, too_big; incompatible, another protocol_major, with both
/// versions: in answer to a Hello that is what Welcome::refusal says.
Result<Hello> read_hello(BytesView packet);
Result<Welcome> read_welcome(BytesView packet);

/// Reads what the other side says after its first packet. Words: ContextWord or Word.
template <class Words>
class PacketReader final {
 public:
  /// `schemas`: those of its Hello or Welcome. Errors: malformed, one is no schema; too_big, there are too many;
  /// incompatible, a message of the same name cannot be read, with every difference by field.
  static Result<PacketReader> create(std::span<const std::string> schemas);

  /// The packet's message. Nothing for a packet of an unknown type, and for one with an enumerator that is unknown
  /// here: both are a newer version's and to be passed over. Errors: malformed, too_big.
  [[nodiscard]] Result<std::optional<Words>> read(BytesView packet) const;

 private:
  struct Form {
    std::size_t alternative;
    std::optional<Plan> plan;  // none: the other side's type is ours
  };
  PacketReader();
  Result<void> learn(const std::string& schema);

  std::map<std::uint64_t, Form> forms_;  // by fingerprint
};

extern template std::vector<std::string> schemas_of<ContextWord>();
extern template std::vector<std::string> schemas_of<Word>();
extern template class PacketReader<ContextWord>;
extern template class PacketReader<Word>;

}  // namespace weft::discovery
