// What the directory keeps is bounded: of each name, of each session and in all. Who goes beyond is told so and what to
// do; nobody else notices.
#include <catch2/catch.hpp>

#include "talk.hpp"
#include "type/describe.hpp"

namespace weft::discovery {

namespace {

constexpr std::size_t schema_bytes = 60'000;

/// A port of its own name that takes much room.
Port big_port(PortKey key) {
  auto port = publisher(key, std::string(schema_bytes, 's'));
  port.name = fmt::format("c{}/p{}", key.context, key.port);
  return port;
}

/// Announces big ports until one is declined: that one's number, and what its session is told.
std::pair<std::uint32_t, std::string> fill(Talk& talk, std::uint64_t context) {
  for (std::uint32_t number = 1;; ++number) {
    const auto said = talk.up(big_port({context, number}));
    if (!said.empty()) return {number, said.back()};
  }
}

bool is_declined(const Lines& said, const std::string& why) {
  REQUIRE(said.size() == 1);
  CHECK_THAT(said[0], Catch::Contains("refused 0.0 room: ") && Catch::Contains(why));
  return true;
}

/// The node's packet takes so many bytes less than its footprint, at least.
constexpr std::size_t least_node = 100;

}  // namespace

TEST_CASE("a port that its context has no room for is declined in words, and all that is there stays") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  const auto [declined, why] = fill(talk, 1);
  CHECK(talk.bytes() <= Directory::most_session_bytes);
  CHECK(talk.bytes() > Directory::most_session_bytes - 2 * schema_bytes);
  CHECK(why ==
        fmt::format(
            "1: {} refused 0.0 room: this context's part of the directory, 64 MiB, is taken: drop nodes and "
            "ports that are not needed, or use several contexts",
            declined));
  auto guest = subscriber({2, 1}, "");
  guest.name = "c1/p1";
  CHECK(talk.up(guest) == Lines{"1: 1 host ipc"});
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://a") == Lines{"2: 1 join 1.1 ipc://a"});
  CHECK(talk.down({1, declined}).empty());
  CHECK(talk.hosting({1, declined}, "ipc", "ipc://a").empty());
  talk.down({1, 2});
  CHECK(talk.up(big_port({1, declined})).empty());
}

TEST_CASE("where all room is taken newcomers are told, nobody else loses any, and it is had again") {
  constexpr auto contexts = Directory::most_bytes / Directory::most_session_bytes;
  Talk talk;
  talk.join(9);
  talk.up(publisher({9, 1}));
  for (std::uint64_t context = 1; context <= contexts; ++context) {
    talk.join(context);
    CHECK_THAT(fill(talk, context).second, Catch::Contains("this context's part"));
  }
  talk.join(contexts + 1);
  CHECK_THAT(fill(talk, contexts + 1).second, Catch::Contains("all of the directory, 256 MiB, is taken"));
  CHECK(talk.bytes() <= Directory::most_bytes);
  talk.join(8);
  CHECK(is_declined(talk.up(big_port({8, 1})), "use several domains"));
  CHECK(talk.watch(7).size() > 1000);
  CHECK(talk.up(subscriber({8, 2}))[1] == "9: 1 host ipc");
  talk.apply(Ended{1});
  CHECK_THAT(talk.up(big_port({8, 1})).back(), Catch::StartsWith("7: port 8.1"));
}

TEST_CASE("a node that there is no room for is declined, and its ports are there") {
  Talk talk;
  talk.join(1);
  for (std::uint32_t number = 1; number <= Directory::most_nodes; ++number)
    REQUIRE(talk.say(1, NodeUp{{number, "n", ""}}).empty());
  CHECK(is_declined(talk.say(1, NodeUp{{Directory::most_nodes + 1, "n", ""}}), "10000 nodes"));
  auto port = publisher({1, 1});
  port.node = Directory::most_nodes + 1;
  CHECK(talk.up(port).empty());
  CHECK(talk.say(1, NodeDown{Directory::most_nodes + 1}).empty());
  talk.say(1, NodeDown{1});
  CHECK(talk.say(1, NodeUp{{1, "n", ""}}).empty());
  CHECK(talk.bytes() > Directory::most_nodes * least_node);
}

TEST_CASE("a port that would bring a name more pairs than that may have is declined, others of it go on") {
  constexpr std::uint32_t owners = 500;
  constexpr std::uint32_t guests = Directory::most_pairs / owners;
  Talk talk;
  for (std::uint64_t context = 1; context <= 4; ++context)
    talk.join(context);
  for (std::uint32_t i = 0; i < owners; ++i)
    talk.up(publisher({1, i}, ""));
  for (std::uint32_t i = 0; i < guests; ++i)
    talk.up(subscriber({2 + i % 2, i}, ""));
  CHECK(is_declined(talk.up(subscriber({4, 1}, "")), "more than 250000 pairs; use several names"));
  CHECK(talk.hosting({1, 1}, "ipc", "ipc://a").size() == guests);
  talk.down({1, 1});
  CHECK(talk.up(subscriber({4, 1}, "")).empty());
}

TEST_CASE("where there is no room for a pair's reason, that is said instead") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  talk.up(publisher({1, 1}, "a/B{x:f64}"));
  fill(talk, 2);
  const auto said = talk.up(subscriber({2, 1'000'000}, "a/B{x:string}"));
  REQUIRE(said.size() == 2);
  CHECK_THAT(said[0], Catch::Contains("refused 2.1000000 type: a/B"));
  // So full that there is room for a port and a pair, but not for one word more.
  for (std::uint32_t number = 2'000'000;; ++number) {
    const auto more = talk.up(subscriber({2, number}, "a/B{x:string}"));
    if (more.size() == 2 &&
        more[0].ends_with("type: a/B: the schemas do not match: x: read as string, written as f64"))
      continue;
    if (more.size() == 2)
      CHECK_THAT(more[0], Catch::Contains("type: the directory is full, and has no room"));
    if (more.size() == 1) CHECK(is_declined(more, "this context's part"));
    if (more.size() == 1) break;
  }
}

TEST_CASE("what an owner answers beyond its context's room counts as one that cannot be reached") {
  Talk talk;
  talk.join(1);
  talk.join(2);
  auto owner = publisher({1, 1'000'000});
  owner.media = {{"ipc", false}};
  talk.up(owner);
  talk.up(subscriber({2, 1}));
  fill(talk, 1);
  auto small = publisher({1, 2'000'000});
  small.name = "small";
  while (talk.up(small).empty())
    ++small.key.port;
  const auto said = talk.hosting({1, 1'000'000}, "ipc", "ipc://" + std::string(4000, 'a'));
  REQUIRE(said.size() == 2);
  CHECK_THAT(said[1], Catch::Contains("hosting: the directory is full, and has no room for the endpoint"));
  talk.down({1, 1});
  CHECK(talk.hosting({1, 1'000'000}, "ipc", "ipc://a").back() == "2: 1 join 1.1000000 ipc://a");
}

TEST_CASE("many types of one name are compared rightly, whichever were forgotten meanwhile") {
  constexpr std::uint32_t types = 40;
  Talk talk;
  talk.join(1);
  talk.join(2);
  for (std::uint32_t i = 1; i <= types; ++i)
    talk.up(publisher({1, i}, fmt::format("a/T{}{{x:u8}}", i)));
  for (std::uint32_t i = 1; i <= types; ++i) {
    const auto said = talk.up(subscriber({2, i}, fmt::format("a/T{}{{x:u16}}", i)));
    CHECK(said.size() == 1 + 2 * (types - 1));
    CHECK(std::ranges::count(said, fmt::format("1: {} host ipc", i)) == 1);
  }
}

}  // namespace weft::discovery
