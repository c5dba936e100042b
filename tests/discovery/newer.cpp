// A client of a later version: it says more than this daemon knows, and is understood as far as that goes.
#include "daemon_kit.hpp"
#include "later.hpp"

namespace weft::discovery::test {

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
  up.port = {{"a"},       later::PortKind::publisher, "t", {7, 1}, {{"far", false}}, {"far://7.1"}, 100,
             {{"hz", 10}}};
  client.say(encode_packet(up));
  client.say(encode_packet(later::Moved{{7, 1}}));
  CHECK(guest.next() == "join 7.1 far://7.1");
  client.say(Synced{});
  client.next<Synced>();
}

}  // namespace weft::discovery::test
