#include "discovery/directory.hpp"

#include "talk.hpp"

namespace weft::discovery {

namespace {

/// A publisher 1.1 and a subscriber 2.1 that was told to join it at ipc://a.
Talk joined_pair() {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}));
  talk.up(subscriber({2, 1}));
  talk.hosting({1, 1}, "ipc", "ipc://a");
  return talk;
}

}  // namespace

TEST_CASE("an owner is asked to be reachable when a guest comes, and then the guest is told where") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  CHECK(talk.up(publisher({1, 1})).empty());
  CHECK(talk.up(subscriber({2, 1})) == Lines{"1: 1 host ipc"});
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://a") == Lines{"2: 1 join 1.1 ipc://a"});
}

TEST_CASE("it is the same whoever comes first") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  CHECK(talk.up(subscriber({2, 1})).empty());
  CHECK(talk.up(publisher({1, 1})) == Lines{"1: 1 host ipc"});
}

TEST_CASE("a guest is told of its peer's node, program and process") {
  Directory directory(Scope::between_contexts);
  std::vector<std::pair<SessionId, Word>> words;
  const Sink said = [&](SessionId to, const Word& word) { words.emplace_back(to, word); };
  directory.apply(Joined{10, {1, "camera", "1", 4711, 0}}, said).value();
  directory.apply(Joined{20, {2, "viewer", "1", 4712, 0}}, said).value();
  directory.apply(Said{10, NodeUp{{5, "front", ""}}}, said).value();
  auto port = publisher({1, 1});
  port.node = 5;
  port.endpoints = {"ipc://a"};
  directory.apply(Said{10, PortUp{port}}, said).value();
  directory.apply(Said{20, PortUp{subscriber({2, 1})}}, said).value();
  REQUIRE(words.size() == 1);
  CHECK(words[0].first == 20);
  const auto peer = std::get<Join>(words[0].second).peer;
  CHECK(peer.kind == PortKind::publisher);
  CHECK(peer.node == "front");
  CHECK(peer.program == "camera");
  CHECK(peer.pid == 4711);
}

TEST_CASE("servers meet clients, workers meet producers, and each kind only its own") {
  for (const auto& [owner, guest, other] :
       {std::tuple(PortKind::server, PortKind::client, PortKind::producer),
        std::tuple(PortKind::worker, PortKind::producer, PortKind::client)}) {
    Talk talk;
    talk.join(1);
    talk.join(2);
    talk.up(make_port(owner, {1, 1}));
    CHECK(talk.up(subscriber({2, 1})).empty());
    CHECK(talk.up(make_port(other, {2, 2})).empty());
    CHECK(talk.up(make_port(guest, {2, 3})) == Lines{"1: 1 host ipc"});
    CHECK(talk.up(make_port(owner, {2, 4})).empty());
    auto elsewhere = make_port(guest, {2, 5});
    elsewhere.name = "u";
    CHECK(talk.up(elsewhere).empty());
  }
}

TEST_CASE("a topic, a service and a queue of one name are three") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  std::uint32_t number = 0;
  for (const auto owner : {PortKind::publisher, PortKind::server, PortKind::worker})
    talk.up(make_port(owner, {1, ++number}));
  CHECK(talk.up(make_port(PortKind::producer, {2, 1})) == Lines{"1: 3 host ipc"});
  CHECK(talk.up(make_port(PortKind::client, {2, 2})) == Lines{"1: 2 host ipc"});
  CHECK(talk.up(make_port(PortKind::subscriber, {2, 3})) == Lines{"1: 1 host ipc"});
}

TEST_CASE("an owner is asked once for a medium, however many wait for it") {
  Talk talk;
  for (const auto context : {1, 2, 3})
    talk.join(context);
  talk.up(publisher({1, 1}));
  CHECK(talk.up(subscriber({2, 1})).size() == 1);
  CHECK(talk.up(subscriber({2, 2})).empty());
  CHECK(talk.up(subscriber({3, 1})).empty());
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://a") ==
        Lines{"2: 1 join 1.1 ipc://a", "2: 2 join 1.1 ipc://a", "3: 1 join 1.1 ipc://a"});
  CHECK(talk.up(subscriber({3, 2})) == Lines{"3: 2 join 1.1 ipc://a"});
}

TEST_CASE("an owner that says where it is reachable already is not asked") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(subscriber({2, 1}));
  auto port = publisher({1, 1});
  port.endpoints = {"ipc://a"};
  CHECK(talk.up(port) == Lines{"2: 1 join 1.1 ipc://a"});
}

TEST_CASE("the first medium in the owner's order that both have is chosen") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  auto owner = publisher({1, 1});
  owner.media = {{"tcp", false}, {"ipc", false}};
  talk.up(owner);
  CHECK(talk.up(subscriber({2, 1})) == Lines{"1: 1 host tcp"});
  auto guest = subscriber({2, 2});
  guest.media = {{"ipc", false}};
  CHECK(talk.up(guest) == Lines{"1: 1 host ipc"});
}

TEST_CASE(
    "where the owner cannot, the next medium is tried for all who wait, and in the end they are refused") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}));
  talk.up(subscriber({2, 1}));
  talk.up(subscriber({2, 2}));
  CHECK(talk.failing({1, 1}, "ipc", "no room") == Lines{"1: 1 host tcp"});
  CHECK(talk.failing({1, 1}, "tcp", "no\nport") == Lines{"1: 1 refused 2.1 hosting: no room; no\\nport",
                                                         "2: 1 refused 1.1 hosting: no room; no\\nport",
                                                         "1: 1 refused 2.2 hosting: no room; no\\nport",
                                                         "2: 2 refused 1.1 hosting: no room; no\\nport"});
  CHECK(talk.up(subscriber({2, 3})).size() == 2);
}

TEST_CASE("an owner that can no longer leaves its guest, and one that can again takes it in") {
  auto talk = joined_pair();
  CHECK(talk.failing({1, 1}, "ipc", "no") == Lines{"2: 1 leave 1.1 left", "1: 1 host tcp"});
  CHECK(talk.failing({1, 1}, "tcp", "no").size() == 2);
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://b") ==
        Lines{"1: 1 leave 2.1 left", "2: 1 leave 1.1 left", "2: 1 join 1.1 ipc://b"});
}

TEST_CASE("ports without a common medium are refused with the media of both") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}));
  auto guest = subscriber({2, 1});
  guest.media = {{"near", true}, {"queue", false}};
  const std::string reason =
      "medium: the publisher has near (within its context), ipc, tcp; "
      "the subscriber has near (within its context), queue";
  CHECK(talk.up(guest) == Lines{"1: 1 refused 2.1 medium: " + reason, "2: 1 refused 1.1 medium: " + reason});
}

TEST_CASE("ports whose types do not fit are refused, and told so alike") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}, "a/B{x:string}"));
  const std::string reason = "a/B: the schemas do not match: x: read as f64, written as string";
  CHECK(talk.up(subscriber({2, 1})) ==
        Lines{"1: 1 refused 2.1 type: " + reason, "2: 1 refused 1.1 type: " + reason});
  CHECK(talk.up(subscriber({2, 2}, "a/B{x:string}")) == Lines{"1: 1 host ipc"});
  CHECK(talk.up(subscriber({2, 3}, "")).empty());
}

TEST_CASE("of a service both directions are compared") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  auto server = make_port(PortKind::server, {1, 1}, "a/Q{x:f64}");
  server.response = "a/R{y:f64}";
  talk.up(server);
  auto client = make_port(PortKind::client, {2, 1}, "a/Q{x:f32}");
  client.response = "a/R{y:f32}";
  CHECK(talk.up(client).back() ==
        "2: 1 refused 1.1 type: a/R: the schemas do not match: y: read as f32, written as f64");
  client.key.port = 2;
  client.response = "a/R{y:f64}";
  CHECK(talk.up(client) == Lines{"1: 1 host ipc"});
}

TEST_CASE("who requests reliable is refused by who offers best effort") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}));
  auto guest = subscriber({2, 1});
  guest.reliable = true;
  CHECK(talk.up(guest).back() ==
        "2: 1 refused 1.1 reliability: reliability: requested reliable, offered best_effort");
}

TEST_CASE("of a queue the producer writes what the worker reads") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(make_port(PortKind::worker, {1, 1}, "a/B{x:f64}"));
  CHECK(talk.up(make_port(PortKind::producer, {2, 1}, "a/B{x:f32}")) == Lines{"1: 1 host ipc"});
  CHECK(talk.up(make_port(PortKind::worker, {1, 2}, "a/B{x:u8}")).back() ==
        "2: 1 refused 1.2 type: a/B: the schemas do not match: x: read as u8, written as f32");
}

TEST_CASE("a worker that requests reliable is refused by a producer that offers best effort") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  auto worker = make_port(PortKind::worker, {1, 1});
  worker.reliable = true;
  talk.up(worker);
  auto producer = make_port(PortKind::producer, {2, 1});
  CHECK(talk.up(producer).back() ==
        "2: 1 refused 1.1 reliability: reliability: requested reliable, offered best_effort");
  producer.key.port = 2;
  producer.reliable = true;
  CHECK(talk.up(producer) == Lines{"1: 1 host ipc"});
  worker.key.port = 3;
  worker.reliable = false;
  CHECK(talk.up(worker) == Lines{"1: 3 host ipc"});
}

TEST_CASE("a port without media meets nobody") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  auto owner = publisher({1, 1});
  owner.media.clear();
  talk.up(owner);
  CHECK(talk.up(subscriber({2, 1})).empty());
  CHECK(talk.down({1, 1}).empty());
}

TEST_CASE("ports of one context are their context's business, whose directory uses its own media") {
  Talk daemon;
  daemon.join(1);
  daemon.up(publisher({1, 1}));
  CHECK(daemon.up(subscriber({1, 2})).empty());
  CHECK(daemon.up(subscriber({1, 3}, "a/C{}")).empty());
  Talk own(Scope::within_context);
  own.join(1);
  own.up(publisher({1, 1}));
  CHECK(own.up(subscriber({1, 2})) == Lines{"1: 1 host near"});
  CHECK(own.hosting({1, 1}, "near", "near://x") == Lines{"1: 2 join 1.1 near://x"});
  CHECK(own.up(subscriber({1, 3}, "a/C{}")).size() == 2);
}

TEST_CASE("where the owner's endpoint changes, its guests are told to join again") {
  auto talk = joined_pair();
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://a").empty());
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://b") == Lines{"2: 1 join 1.1 ipc://b"});
}

TEST_CASE("when an owner goes its guests are told how; when a guest goes the owner needs no word") {
  auto talk = joined_pair();
  talk.up(subscriber({2, 2}));
  CHECK(talk.down({2, 2}).empty());
  CHECK(talk.down({1, 1}) == Lines{"2: 1 leave 1.1 left"});
  auto other = joined_pair();
  CHECK(other.apply(Ended{1, Departure::died}) == Lines{"2: 1 leave 1.1 died"});
  auto third = joined_pair();
  CHECK(third.apply(Ended{2, Departure::died}).empty());
  CHECK(third.down({1, 1}).empty());
}

TEST_CASE("who was told of a refused peer is told when that goes") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}));
  talk.up(subscriber({2, 1}, "a/C{}"));
  CHECK(talk.down({2, 1}) == Lines{"1: 1 leave 2.1 left"});
  talk.up(subscriber({2, 1}, "a/C{}"));
  CHECK(talk.apply(Ended{1, Departure::left}) == Lines{"2: 1 leave 1.1 left"});
}

TEST_CASE("a guest that waits still is told nothing when the owner goes") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}));
  talk.up(subscriber({2, 1}));
  CHECK(talk.down({1, 1}).empty());
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://a").empty());
}

TEST_CASE("a node is a name: when it goes, its ports stay") {
  auto talk = joined_pair();
  talk.say(1, NodeUp{{1, "n", ""}});
  CHECK(talk.say(1, NodeDown{1}).empty());
  CHECK(talk.say(1, NodeDown{1}).empty());
  CHECK(talk.up(subscriber({2, 2})) == Lines{"2: 2 join 1.1 ipc://a"});
}

TEST_CASE("a context that says all was said is answered after what follows from it") {
  auto talk = joined_pair();
  CHECK(talk.say(2, Synced{}) == Lines{"2: synced"});
}

TEST_CASE("a session that lost words is told all that is so, and a context what its ports were told") {
  auto talk = joined_pair();
  talk.up(publisher({1, 2}, "a/C{}"));
  auto owner = publisher({1, 3});
  owner.name = "u";
  talk.up(owner);
  auto guest = subscriber({2, 3});
  guest.name = "u";
  talk.up(guest);
  CHECK(talk.apply(Again{2}) ==
        Lines{"2: anew", "2: 1 join 1.1 ipc://a",
              "2: 1 refused 1.2 type: a/B: the schemas do not match: read as a/B, written as a/C",
              "2: synced"});
  CHECK(talk.apply(Again{1}) ==
        Lines{"1: anew", "1: 2 refused 2.1 type: a/B: the schemas do not match: read as a/B, written as a/C",
              "1: 3 host ipc", "1: synced"});
}

TEST_CASE("a watcher is told the whole, that this is all, and then every change") {
  auto talk = joined_pair();
  talk.say(1, NodeUp{{1, "n", ""}});
  CHECK(talk.watch(9) == Lines{"9: session 1 p1", "9: node 1.1 n", "9: session 2 p2",
                               "9: port 1.1 publisher t [ipc://a]", "9: port 2.1 subscriber t []",
                               "9: pair 1.1 2.1 joined ipc ", "9: synced"});
  CHECK(talk.join(3) == Lines{"9: session 3 p3"});
  CHECK(talk.up(publisher({3, 1})) ==
        Lines{"9: port 3.1 publisher t []", "3: 1 host ipc", "9: pair 3.1 2.1 starting ipc "});
  CHECK(talk.failing({3, 1}, "ipc", "no") ==
        Lines{"9: port 3.1 publisher t []", "3: 1 host tcp", "9: pair 3.1 2.1 starting tcp "});
  CHECK(talk.hosting({3, 1}, "tcp", "tcp://x") ==
        Lines{"9: port 3.1 publisher t [tcp://x]", "2: 1 join 3.1 tcp://x", "9: pair 3.1 2.1 joined tcp "});
  CHECK(talk.up(subscriber({3, 2})) == Lines{"9: port 3.2 subscriber t []", "3: 2 join 1.1 ipc://a",
                                             "9: pair 1.1 3.2 joined ipc ", "9: pair 3.1 3.2 local near "});
  CHECK(talk.down({3, 2}) == Lines{"9: port 3.2 gone"});
  CHECK(talk.say(1, NodeDown{1}) == Lines{"9: node 1.1 gone"});
  CHECK(talk.apply(Ended{3, Departure::died}) == Lines{"2: 1 leave 3.1 died", "9: session 3 gone died"});
  CHECK(talk.apply(Again{9}) == Lines{"9: anew", "9: session 1 p1", "9: session 2 p2",
                                      "9: port 1.1 publisher t [ipc://a]", "9: port 2.1 subscriber t []",
                                      "9: pair 1.1 2.1 joined ipc ", "9: synced"});
}

TEST_CASE("a watcher may be a context, too, and several may have none") {
  Talk talk;
  CHECK(talk.join(1, true) == Lines{"1: session 1 p1", "1: synced"});
  CHECK(talk.watch(8).size() == 2);
  CHECK(talk.watch(9).size() == 2);
  CHECK(talk.apply(Ended{8}).empty());
  CHECK(talk.up(publisher({1, 1})).size() == 2);
}

TEST_CASE("what is out of form, twice, too much or of another context is an error and changes nothing") {
  auto talk = joined_pair();
  const auto before = talk.watch(9);
  const auto refuse = [&](auto change) {
    auto port = publisher({1, 7});
    change(port);
    return talk.refused(Said{1, PortUp{port}}).code;
  };
  CHECK(refuse([](Port& port) { port.key = {1, 1}; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.key.context = 2; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.name = "Not a name"; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.schema.assign(max_schema_bytes + 1, 'a'); }) == Errc::too_big);
  CHECK(refuse([](Port& port) { port.response.assign(max_schema_bytes + 1, 'a'); }) == Errc::too_big);
  CHECK(refuse([](Port& port) {
          port.media.assign(Directory::most_media + 1, {"ipc", false});
        }) == Errc::too_big);
  CHECK(refuse([](Port& port) { port.media.push_back({"ipc", true}); }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.media[0].scheme = "no scheme"; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.endpoints = {"queue://x"}; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.endpoints = {"ipc://x", "ipc://y"}; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.by_hand = {"nowhere"}; }) == Errc::malformed);
  CHECK(refuse([](Port& port) { port.by_hand.assign(Directory::most_by_hand + 1, "ipc://x"); }) ==
        Errc::too_big);
  CHECK(refuse([](Port& port) { port.by_hand.assign(10, "ipc://" + std::string(4000, 'x')); }) ==
        Errc::too_big);
  CHECK(talk.refused(Said{1, Hosting{1, "ipc", "tcp://x", ""}}).code == Errc::malformed);
  CHECK(talk.refused(Said{1, Hosting{1, "queue", "queue://x", ""}}).code == Errc::malformed);
  CHECK(talk.refused(Said{2, Hosting{1, "ipc", "ipc://x", ""}}).code == Errc::malformed);
  CHECK(talk.refused(Said{1, NodeUp{{0, "n", ""}}}).code == Errc::malformed);
  CHECK(talk.refused(Said{1, NodeUp{{1, std::string(1000, 'n'), ""}}}).code == Errc::too_big);
  CHECK(talk.refused(Said{1, NodeUp{{1, "n", "/"}}}).code == Errc::malformed);
  CHECK(talk.refused(Said{9, PortUp{publisher({0, 1})}}).code == Errc::malformed);
  CHECK(talk.refused(Said{9, NodeUp{{1, "n", ""}}}).code == Errc::malformed);
  CHECK(talk.refused(Said{77, Synced{}}).code == Errc::malformed);
  CHECK(talk.refused(Again{77}).code == Errc::malformed);
  CHECK(talk.refused(Joined{3, {1, "p", "1", 1, 0}}).code == Errc::in_use);
  CHECK(talk.refused(Joined{1, {3, "p", "1", 1, 0}}).code == Errc::in_use);
  CHECK(talk.refused(Joined{3, {0, "p", "1", 1, 0}}).code == Errc::malformed);
  CHECK(talk.refused(Joined{3, {3, std::string(1000, 'p'), "1", 1, 0}}).code == Errc::too_big);
  auto after = talk.apply(Again{9});
  after.erase(after.begin());
  CHECK(after == before);
}

TEST_CASE("what crossed the end of its port or session is passed over") {
  auto talk = joined_pair();
  CHECK(talk.say(1, PortDown{55}).empty());
  CHECK(talk.hosting({1, 55}, "ipc", "ipc://x").empty());
  CHECK(talk.apply(Ended{55}).empty());
}

TEST_CASE("all that the directory says fits a packet") {
  std::size_t last = 0;
  const Sink said = [&](SessionId, const Word& word) { last = encode_packet(word).size(); };
  Directory directory(Scope::between_contexts);
  directory.apply(Joined{1, {1, std::string(256, 'p'), std::string(256, 'v'), 1, 0}}, said).value();
  directory.apply(Joined{9, {}, true}, said).value();
  Port port{.key = {1, 1}, .kind = PortKind::server, .name = std::string(200, 'n')};
  port.schema.assign(max_schema_bytes, 's');
  port.response.assign(max_schema_bytes, 'r');
  for (const char each : std::string("abcdefgh")) {
    const auto scheme = std::string(15, each) + "x";
    port.media.push_back({scheme, false});
    port.endpoints.push_back(scheme + "://" + std::string(4096, 'e'));
  }
  port.by_hand.assign(Directory::most_by_hand,
                      "ipc://" + std::string(Directory::most_by_hand_bytes / 64 - 6, 'h'));
  directory.apply(Said{1, PortUp{port}}, said).value();
  CHECK(last > max_packet_bytes / 2);
  CHECK(last <= max_packet_bytes);
}

}  // namespace weft::discovery
