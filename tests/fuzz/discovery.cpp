// Any bytes as what a Context sends to the daemon: packets, each behind its length (4 bytes, little-endian), the first
// of them its Hello. The directory that has somebody else in it takes what they say; what it answers are packets again.
#include <algorithm>
#include <optional>

#include "discovery/directory.hpp"
#include "require.hpp"

using namespace weft;
using namespace weft::discovery;
using fuzz::require;

namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::uint64_t somebody = 1;
constexpr std::uint64_t watcher = 2;
constexpr std::uint64_t sender = 3;

/// The next packet, in memory of its own so that reading beyond it is noticed.
std::optional<Bytes> next_packet(BytesView& bytes) {
  if (bytes.size() < length_bytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i)
    length |= std::to_integer<std::size_t>(bytes[i]) << (8 * i);
  bytes = bytes.subspan(length_bytes);
  const auto packet = bytes.first(std::min(length, bytes.size()));
  bytes = bytes.subspan(packet.size());
  return Bytes(packet.begin(), packet.end());
}

/// The directory with a watcher and a Context that has a port of each kind.
class Daemon {
 public:
  Daemon() {
    apply(Joined{watcher, {}, true});
    apply(Joined{somebody, {somebody, "somebody", "1", 1, 0}});
    for (std::uint8_t kind = 0; kind < port_kinds; ++kind) {
      Port port{.key = {somebody, kind}, .kind = PortKind(kind), .name = "t", .schema = "a/B{x:f64}"};
      port.media = {{"ipc", false}};
      apply(Said{somebody, PortUp{port}});
    }
  }
  /// Whether the directory takes the event in; what it says then can be sent.
  bool apply(const Event& event) {
    bool said = false;
    const auto taken = directory_.apply(event, [&](SessionId, const Word& word) {
      said = true;
      check(word);
    });
    require(taken || !said, "who is refused is not answered");
    return taken.has_value();
  }

 private:
  static void check(const Word& word) {
    static const auto reader = PacketReader<Word>::create({}).value();
    const auto packet = encode_packet(word);
    require(packet.size() <= max_packet_bytes, "what the directory says fits a packet");
    const auto read = reader.read(packet);
    require(read && *read && encode_packet(**read) == packet, "and is read as it was said");
  }

  Directory directory_{Scope::between_contexts};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto bytes = fuzz::bytes_of(data, size);
  const auto first = next_packet(bytes);
  if (!first) return 0;
  const auto hello = read_hello(*first);
  if (!hello) return 0;
  const auto reader = PacketReader<ContextWord>::create(hello->schemas);
  if (!reader) return 0;
  Daemon daemon;
  bool open =
      daemon.apply(Joined{sender, {hello->context, hello->program, hello->version, 7, 7}, hello->watches});
  const bool joined = open;
  while (const auto packet = open ? next_packet(bytes) : std::nullopt) {
    const auto word = reader->read(*packet);
    open = word && (!*word || daemon.apply(Said{sender, **word}));
  }
  if (!joined) return 0;
  require(daemon.apply(Again{sender}) && daemon.apply(Again{watcher}), "all is said anew");
  require(daemon.apply(Ended{sender}) && daemon.apply(Ended{somebody}), "and everybody may go");
  return 0;
}
