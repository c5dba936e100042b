// A client of a later version: it says more than this daemon knows, and is understood as far as that goes.
#include "daemon_kit.hpp"

namespace weft::discovery::test {

namespace {

namespace later {
struct Port {
  std::map<std::string, double> rates;
  std::string name;
  PortKind kind = PortKind::publisher;
  PortKey key;
  std::vector<Medium> media;
  std::vector<std::string> endpoints;
  WEFT_MESSAGE("weft/Port", rates, name, kind, key, media, endpoints)
};
struct PortUp {
  std::uint64_t lease = 0;
  Port port;
  WEFT_MESSAGE("weft/PortUp", lease, port)
};
struct Moved {
  PortKey key;
  WEFT_MESSAGE("weft/Moved", key)
};
struct Hello {
  std::uint32_t major = protocol_major;
  std::string version;
  std::uint64_t context = 0;
  std::string program;
  bool watches = false;
  std::vector<std::string> schemas;
  std::map<std::string, std::string> labels;
  WEFT_MESSAGE("weft/Hello", major, version, context, program, watches, schemas, labels)
};
}  // namespace later

}  // namespace

TEST_CASE(
    "a client of a later version is let in, and what is unknown of its packets, or all of them, passed "
    "over") {
  const Folder folder;
  const Running server(folder.path());
  World world(folder.path(), 2);
  Diary guest({2, 1});
  const auto announced = world->announce(subscriber({2, 1}), guest);
  Raw client(folder.socket());
  later::Hello hello{.version = "9.0", .context = 7, .program = "later", .labels = {{"site", "here"}}};
  hello.schemas = {std::string(schema_text<later::PortUp>()), std::string(schema_text<later::Moved>())};
  client.say(encode_packet(hello));
  REQUIRE(client.welcome().refusal.empty());
  client.say(encode_packet(later::Moved{{7, 1}}));
  later::PortUp up{.lease = 9};
  up.port = {{{"hz", 10}}, "t", PortKind::publisher, {7, 1}, {{"far", false}}, {"far://7.1"}};
  client.say(encode_packet(up));
  client.say(encode_packet(later::Moved{{7, 1}}));
  CHECK(guest.next() == "join 7.1 far://7.1");
  client.say(Synced{});
  client.next<Synced>();
}

}  // namespace weft::discovery::test
