#include "discovery/acquaintances.hpp"

#include "talk.hpp"

namespace weft::discovery {

namespace {

Word join(std::uint32_t port, PortKey peer, const std::string& endpoint = "far://a") {
  return Join{port, {.key = peer}, endpoint};
}

Word refused(std::uint32_t port, PortKey peer) {
  return Refused{port, {.key = peer}, Obstacle::type, "a: i32, f64"};
}

/// Acquaintances, and the news of each step as text.
struct Told {
  Acquaintances acquaintances;

  std::vector<std::string> hear(const Word& word) {
    std::vector<Word> news;
    acquaintances.hear(word, news);
    return lines(news);
  }
  std::vector<std::string> give_up() {
    std::vector<Word> news;
    acquaintances.give_up(news);
    return lines(news);
  }
  static std::vector<std::string> lines(const std::vector<Word>& news) {
    std::vector<std::string> lines;
    for (const auto& word : news)
      lines.push_back(shown(word));
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what the daemon says first is news, what it repeats is not") {
  Told told;
  CHECK(told.hear(join(1, {7, 1})) == Lines{"1 join 7.1 far://a"});
  CHECK(told.hear(join(1, {7, 1})).empty());
  CHECK(told.hear(join(2, {7, 1})) == Lines{"2 join 7.1 far://a"});
  CHECK(told.hear(refused(3, {7, 1})).size() == 1);
  CHECK(told.hear(refused(3, {7, 1})).empty());
  CHECK(told.hear(Host{1, "far"}).empty());
}

TEST_CASE("another endpoint is news, and a peer that no longer fits is left first") {
  Told told;
  told.hear(join(1, {7, 1}));
  CHECK(told.hear(join(1, {7, 1}, "far://b")) == Lines{"1 join 7.1 far://b"});
  CHECK(told.hear(refused(1, {7, 1})) == Lines{"1 leave 7.1 left", "1 refused 7.1 type: a: i32, f64"});
  CHECK(told.hear(join(1, {7, 1})) == Lines{"1 leave 7.1 left", "1 join 7.1 far://a"});
}

TEST_CASE("a peer that has gone is left once") {
  Told told;
  told.hear(join(1, {7, 1}));
  CHECK(told.hear(Leave{1, {7, 1}, Departure::died}) == Lines{"1 leave 7.1 died"});
  CHECK(told.hear(Leave{1, {7, 1}, Departure::died}).empty());
  CHECK(told.hear(join(1, {7, 1})).size() == 1);
}

TEST_CASE("a daemon that goes takes nothing back, and one that comes back need only repeat") {
  Told told;
  told.hear(join(1, {7, 1}));
  told.acquaintances.lose_daemon();
  CHECK(told.acquaintances.doubts());
  CHECK(told.hear(Synced{}).empty());
  CHECK(told.hear(join(1, {7, 1})).empty());
  CHECK_FALSE(told.acquaintances.doubts());
  CHECK(told.give_up().empty());
}

TEST_CASE("what no daemon repeats is left in the end: as dead, or as withdrawn where its Context is back") {
  Told told;
  told.hear(join(1, {7, 1}));
  told.hear(join(1, {7, 2}));
  told.hear(join(1, {8, 1}));
  told.acquaintances.lose_daemon();
  told.hear(join(1, {7, 1}));
  told.hear(Synced{});
  CHECK(told.give_up() == Lines{"1 leave 7.2 left", "1 leave 8.1 died"});
  CHECK(told.hear(join(1, {8, 1})) == Lines{"1 join 8.1 far://a"});
}

TEST_CASE(
    "what is said anew is the whole: what is not in it is left at once, unless it was in doubt before") {
  Told told;
  told.hear(join(1, {6, 1}));
  told.acquaintances.lose_daemon();
  told.hear(join(1, {7, 1}));
  told.hear(join(1, {8, 1}));
  told.hear(Anew{});
  told.hear(join(1, {7, 1}));
  CHECK(told.hear(Synced{}) == Lines{"1 leave 8.1 left"});
  CHECK(told.give_up() == Lines{"1 leave 6.1 died"});
}

TEST_CASE("a port that is no more hears nothing, and one of the same number begins anew") {
  Told told;
  told.hear(join(1, {7, 1}));
  told.hear(join(2, {7, 1}));
  told.acquaintances.forget(1);
  told.acquaintances.lose_daemon();
  CHECK(told.give_up() == Lines{"2 leave 7.1 died"});
  CHECK(told.hear(join(1, {7, 1})).size() == 1);
}

}  // namespace weft::discovery
