#include "discovery/packet.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "later.hpp"

namespace weft::discovery {

namespace later = test::later;

namespace {

using ContextReader = PacketReader<ContextWord>;

ContextReader reader_of(const std::vector<std::string>& schemas) {
  return ContextReader::create(schemas).value();
}

template <Message T>
std::string schema_of() {
  return std::string(schema_text<T>());
}

Port some_port() {
  Port port{.key = {7, 3}, .kind = PortKind::server, .node = 2, .name = "calc/add"};
  port.schema = "calc/Add{a:f64}";
  port.media = {{"near", true}, {"far", false}};
  port.endpoints = {"far://there"};
  return port;
}

/// What an earlier version of weft says: the same names with other fields.
namespace older {
struct Port {
  std::string name;
  PortKey key;
  WEFT_MESSAGE("weft/Port", name, key)
};
struct PortUp {
  Port port;
  WEFT_MESSAGE("weft/PortUp", port)
};
struct Hello {
  std::uint32_t major = protocol_major;
  std::string version;
  WEFT_MESSAGE("weft/Hello", major, version)
};
}  // namespace older

namespace other_type {
struct PortDown {
  std::string port;
  WEFT_MESSAGE("weft/PortDown", port)
};
}  // namespace other_type

}  // namespace

TEST_CASE("a packet is the fingerprint, little-endian, and the message") {
  const auto packet = encode_packet(Synced{5});
  REQUIRE(packet.size() == 8 + encoded_size(Synced{5}));
  CHECK(packet[0] == std::byte(fingerprint<Synced>() & 0xff));
  CHECK(packet[7] == std::byte(fingerprint<Synced>() >> 56));
}

TEST_CASE("every message of both sides is read as it was written") {
  const auto from_context = reader_of({});
  for (const ContextWord& word :
       {ContextWord(NodeUp{{1, "n", "s"}}), ContextWord(NodeDown{1}), ContextWord(PortUp{some_port()}),
        ContextWord(PortDown{3}), ContextWord(Hosting{3, "far", "far://x", ""}), ContextWord(Synced{})}) {
    const auto packet = encode_packet(word);
    const auto read = from_context.read(packet).value();
    REQUIRE(read);
    CHECK(read->index() == word.index());
    CHECK(encode_packet(*read) == packet);
  }
  const auto from_daemon = PacketReader<Word>::create({}).value();
  const auto packet =
      encode_packet(Word(PairSeen{{{1, 2}, {3, 4}, PairState::refused, "", Obstacle::type, "why"}}));
  CHECK(encode_packet(*from_daemon.read(packet).value()) == packet);
}

TEST_CASE("a side's schemas are those of all that it may say") {
  CHECK(schemas_of<ContextWord>().size() == std::variant_size_v<ContextWord>);
  CHECK(schemas_of<Word>().size() == std::variant_size_v<Word>);
  CHECK(schemas_of<ContextWord>().front() == schema_text<NodeUp>());
}

TEST_CASE("a message of an older version is read by name, what it lacks keeps its default") {
  const auto reader = reader_of({schema_of<older::PortUp>()});
  const auto word = reader.read(encode_packet(older::PortUp{{"robot/imu", {1, 2}}})).value();
  const auto& port = std::get<PortUp>(*word).port;
  CHECK(port.name == "robot/imu");
  CHECK(port.key == PortKey{1, 2});
  CHECK(port.media.empty());
}

TEST_CASE("a message of a newer version is read by name in whatever order, what is unknown is passed over") {
  const auto reader = reader_of({schema_of<later::PortUp>()});
  later::PortUp up{.lease = 9};
  up.port = {{"a", "b"}, later::PortKind::producer, "robot/imu", {1, 2}, {}, {"far://x"}, 100, {{"hz", 10}}};
  const auto word = reader.read(encode_packet(up)).value();
  const auto& port = std::get<PortUp>(*word).port;
  CHECK(port.kind == PortKind::producer);
  CHECK(port.name == "robot/imu");
  CHECK(port.endpoints == std::vector<std::string>{"far://x"});
  CHECK(port.depth == 100);
}

TEST_CASE(
    "a packet with an enumerator that is unknown here is passed over, and so is one of an unknown type") {
  const auto reader = reader_of({schema_of<later::PortUp>(), schema_of<later::Moved>()});
  later::PortUp up;
  up.port.kind = later::PortKind::recorder;
  CHECK_FALSE(reader.read(encode_packet(up)).value());
  CHECK_FALSE(reader.read(encode_packet(later::Moved{{1, 2}})).value());
}

TEST_CASE("schemas that are none, too many, or of a message that cannot be read are refused") {
  CHECK(ContextReader::create(std::vector<std::string>{"weft/PortUp{"}).error().code == Errc::malformed);
  const std::vector<std::string> many(max_packet_schemas + 1, "a/B{}");
  CHECK(ContextReader::create(many).error().code == Errc::too_big);
  const auto refused = ContextReader::create(std::vector{schema_of<other_type::PortDown>()});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::incompatible);
  CHECK_THAT(refused.error().message, Catch::Contains("port: read as u32, written as string"));
}

TEST_CASE("a packet that is cut anywhere, goes on too long or is too big is an error") {
  const auto reader = reader_of({});
  auto packet = encode_packet(PortUp{some_port()});
  for (std::size_t size = 0; size < packet.size(); ++size)
    REQUIRE(reader.read(BytesView(packet).first(size)).error().code == Errc::malformed);
  packet.push_back(std::byte{0});
  CHECK(reader.read(packet).error().code == Errc::malformed);
  CHECK(reader.read(Bytes(max_packet_bytes + 1)).error().code == Errc::too_big);
}

TEST_CASE("a packet with any byte replaced is a message, nothing or an error") {
  const auto reader = reader_of({schema_of<later::PortUp>()});
  std::mt19937 random(11);
  for (const auto& packet : {encode_packet(PortUp{some_port()}), encode_packet(later::PortUp{})}) {
    for (int i = 0; i < 3000; ++i) {
      auto damaged = packet;
      damaged[random() % damaged.size()] = std::byte(random());
      const auto word = reader.read(damaged);
      if (word && *word) CHECK_FALSE(encode_packet(**word).empty());
    }
  }
}

TEST_CASE("Hello and Welcome of an older and of a newer version are read") {
  CHECK(read_hello(encode_packet(older::Hello{protocol_major, "0.0"})).value().version == "0.0");
  later::Hello hello{.version = "9.0", .context = 5, .program = "p"};
  hello.schemas = {"a/B{}"};
  hello.labels = {{"site", "here"}};
  const auto read = read_hello(encode_packet(hello)).value();
  CHECK(read.context == 5);
  CHECK(read.schemas == std::vector<std::string>{"a/B{}"});
  const auto welcome = read_welcome(encode_packet(Welcome{.domain = "lab", .refusal = "no"})).value();
  CHECK(welcome.domain == "lab");
  CHECK(welcome.refusal == "no");
}

TEST_CASE("another protocol_major is refused with both versions, whatever follows it") {
  struct Other {
    std::uint32_t major = protocol_major + 1;
    std::string version = "9.1";
    std::map<std::string, bool> anything = {{"x", true}};
    WEFT_MESSAGE("weft/Hello", major, version, anything)
  };
  const auto refused = read_hello(encode_packet(Other{}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::incompatible);
  CHECK_THAT(refused.error().message, Catch::Contains("2 at the other side (weft \"9.1\") and 1 here"));
}

TEST_CASE("a first packet that is none is malformed") {
  CHECK(read_hello(encode_packet(Welcome{.domain = "lab"})).error().code == Errc::malformed);
  CHECK(read_hello({}).error().code == Errc::malformed);
  CHECK(read_welcome(Bytes(max_packet_bytes + 1)).error().code == Errc::too_big);
}

}  // namespace weft::discovery
