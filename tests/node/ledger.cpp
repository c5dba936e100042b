// The ledger against what it promises: turns, keys, attempts, rests; and against a simple model, over random events.
#include "node/ledger.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

namespace weft::node {

namespace {

using namespace std::chrono_literals;

constexpr std::array<Ledger::Holder, 3> workers{1, 2, 3};
constexpr Instant start{};
using Loss = Ledger::Loss;

/// Gives the next item to a worker; its sequence, 0 if none waits.
std::uint64_t give(Ledger& ledger, Ledger::Holder holder = workers[0]) {
  auto* item = ledger.next_doubtful();
  if (item == nullptr) item = ledger.next();
  if (item == nullptr) return 0;
  ledger.given(*item, holder);
  return item->sequence;
}

}  // namespace

TEST_CASE("items go in their order, those of higher priority first") {
  Ledger ledger(10, 1);
  ledger.add(1, "", 0);
  ledger.add(2, "", 5);
  ledger.add(3, "", 0);
  ledger.add(4, "", 5);
  for (const auto expected : {2, 4, 1, 3, 0})
    CHECK(give(ledger) == std::uint64_t(expected));
}

TEST_CASE("of one key one item is with a worker at a time, and they follow each other in their order") {
  Ledger ledger(10, 3);
  ledger.add(1, "a", 0);
  ledger.add(2, "a", 9);
  ledger.add(3, "b", 0);
  CHECK(give(ledger) == 1);
  CHECK(give(ledger) == 3);
  CHECK(give(ledger) == 0);
  CHECK(ledger.refused(1, workers[0], start + 1s));
  CHECK(give(ledger) == 0);
  ledger.wake(start + 1s);
  CHECK(give(ledger) == 1);
  CHECK(ledger.done(1, workers[0]));
  CHECK(give(ledger) == 2);
}

TEST_CASE("what a worker that has gone held waits again, before what is younger") {
  Ledger ledger(10, 2);
  for (std::uint64_t i = 1; i <= 4; ++i)
    ledger.add(i, "", 0);
  CHECK(give(ledger, workers[0]) == 1);
  CHECK(give(ledger, workers[1]) == 2);
  CHECK(give(ledger, workers[0]) == 3);
  ledger.lost(workers[0], Loss::left);
  CHECK_FALSE(ledger.done(1, workers[0]));
  for (const auto expected : {1, 3, 4, 0})
    CHECK(give(ledger, workers[1]) == std::uint64_t(expected));
}

TEST_CASE("an item that failed as often as is allowed is dead, and its key goes on") {
  Ledger ledger(10, 2);
  ledger.add(1, "a", 0).payload = Bytes(3);
  ledger.add(2, "a", 0);
  give(ledger);
  CHECK(ledger.refused(1, workers[0], start));
  ledger.wake(start);
  give(ledger);
  CHECK(ledger.dead() == nullptr);
  ledger.find(1, workers[0])->begun = true;
  ledger.lost(workers[0], Loss::died);
  const auto* dead = ledger.dead();
  REQUIRE(dead != nullptr);
  CHECK(dead->sequence == 1);
  CHECK(dead->payload.size() == 3);
  CHECK(dead->given == 2);
  ledger.bury();
  CHECK(ledger.size() == 1);
  CHECK(give(ledger) == 2);
}

TEST_CASE("the death of a worker is the fault of what it had begun, and of no other") {
  Ledger ledger(10, 2);
  for (std::uint64_t i = 1; i <= 3; ++i)
    ledger.add(i, "", 0);
  for (int deaths = 0; deaths < 2; ++deaths) {
    CHECK(ledger.dead() == nullptr);
    for (const auto expected : {1, 2, 3})
      CHECK(give(ledger) == std::uint64_t(expected));
    CHECK(ledger.find(2, workers[1]) == nullptr);
    ledger.find(2, workers[0])->begun = true;
    ledger.lost(workers[0], Loss::died);
  }
  REQUIRE(ledger.dead() != nullptr);
  CHECK(ledger.dead()->sequence == 2);
  ledger.bury();
  CHECK(give(ledger) == 1);
  CHECK(give(ledger) == 3);
  CHECK(ledger.find(1, workers[0])->failed == 0);
  CHECK(ledger.find(3, workers[0])->failed == 0);
}

TEST_CASE(
    "what a worker had when it died is doubtful until one lives to refuse it; the youngest of many is not") {
  Ledger ledger(300, 2);
  for (std::uint64_t i = 1; i <= 300; ++i) {
    ledger.add(i, "", 0);
    CHECK(give(ledger) == i);
  }
  ledger.lost(workers[0], Loss::died);
  CHECK(ledger.dead() == nullptr);
  CHECK(ledger.next()->sequence == 257);
  CHECK(ledger.next_doubtful()->sequence == 1);
  CHECK(give(ledger) == 1);
  CHECK(ledger.refused(1, workers[0], start));
  ledger.wake(start);
  CHECK(ledger.next()->sequence == 1);
  CHECK(ledger.next_doubtful()->sequence == 2);
}

TEST_CASE("the death of a worker that does not say what it begins is the fault of the oldest that it had") {
  Ledger ledger(10, 3);
  for (std::uint64_t i = 1; i <= 3; ++i)
    ledger.add(i, "", 0);
  for (int deaths = 0; deaths < 3; ++deaths) {
    CHECK(ledger.dead() == nullptr);
    for (const auto expected : {1, 2, 3})
      CHECK(give(ledger) == std::uint64_t(expected));
    ledger.lost(workers[0], Loss::died_silently);
  }
  REQUIRE(ledger.dead() != nullptr);
  CHECK(ledger.dead()->sequence == 1);
  ledger.bury();
  CHECK(give(ledger) == 2);
  CHECK(ledger.find(2, workers[0])->failed == 0);
}

TEST_CASE("a worker that leaves makes no item fail") {
  Ledger ledger(10, 1);
  ledger.add(1, "", 0);
  for (int i = 0; i < 10; ++i) {
    CHECK(give(ledger) == 1);
    ledger.lost(workers[0], Loss::left);
  }
  CHECK(ledger.dead() == nullptr);
}

TEST_CASE("only who holds an item can end it, and once") {
  Ledger ledger(10, 2);
  ledger.add(1, "", 0);
  CHECK_FALSE(ledger.done(1, workers[0]));
  CHECK_FALSE(ledger.done(1, 0));
  give(ledger);
  CHECK_FALSE(ledger.done(1, workers[1]));
  CHECK_FALSE(ledger.done(2, workers[0]));
  CHECK(ledger.done(1, workers[0]));
  CHECK_FALSE(ledger.done(1, workers[0]));
  CHECK(ledger.size() == 0);
}

TEST_CASE("what rests wakes at its time, the first first") {
  Ledger ledger(10, 9);
  CHECK_FALSE(ledger.next_wake());
  for (std::uint64_t i = 1; i <= 3; ++i) {
    ledger.add(i, "", 0);
    give(ledger);
    CHECK(ledger.refused(i, workers[0], start + (4 - i) * 1s));
  }
  CHECK(ledger.next_wake() == start + 1s);
  ledger.wake(start + 2s);
  CHECK(give(ledger) == 2);
  CHECK(give(ledger) == 3);
  CHECK(give(ledger) == 0);
  CHECK(ledger.next_wake() == start + 3s);
}

namespace {

/// The same by the book: every item in one map, each question answered by looking at all of them.
struct Model {
  struct Item {
    std::string key;
    std::uint8_t priority = 0;
    std::uint32_t failed = 0;
    int turn = 0;
    Ledger::Holder holder = 0;
    std::optional<Instant> rests;
    bool doubtful = false;
    bool begun = false;
    bool dead = false;
  };
  std::map<std::uint64_t, Item> items;
  std::uint32_t attempts = 2;

  [[nodiscard]] bool waits(std::uint64_t sequence) const {
    const auto& item = items.at(sequence);
    if (item.holder != 0 || item.rests || item.dead) return false;
    return item.key.empty() || std::ranges::none_of(items, [&](const auto& other) {
             return other.first < sequence && other.second.key == item.key;
           });
  }
  [[nodiscard]] std::uint64_t next() const {
    std::uint64_t best = 0;
    const auto rank = [&](std::uint64_t sequence) {
      return std::pair(items.at(sequence).doubtful, items.at(sequence).priority);
    };
    for (const auto& [sequence, item] : items) {
      if (waits(sequence) && (best == 0 || rank(sequence) > rank(best))) best = sequence;
    }
    return best;
  }
  void fail(Item& item, std::optional<Instant> until) {
    item.holder = 0;
    item.dead = ++item.failed >= attempts;
    if (!item.dead) item.rests = until;
    if (until) item.doubtful = false;
    item.begun = false;
  }
  void lose(Ledger::Holder holder, Loss how) {
    std::map<int, Item*> held;
    for (auto& [sequence, item] : items) {
      if (item.holder == holder) held[item.turn] = &item;
    }
    for (auto& [turn, item] : held) {
      item->holder = 0;
      item->doubtful = item->doubtful || how != Loss::left;  // never so many that some were not
      const bool oldest = turn == held.begin()->first;
      if (how == Loss::died ? item->begun : how == Loss::died_silently && oldest) fail(*item, std::nullopt);
      item->begun = false;
    }
  }
};

}  // namespace

TEST_CASE("over random events it does what a simple model does") {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return unsigned(random() % n); };
  Model model;
  Ledger ledger(50, model.attempts);
  Instant now = start;
  std::uint64_t last = 0;
  std::size_t deaths = 0;
  for (int event = 0; event < 200'000; ++event) {
    REQUIRE(ledger.size() == model.items.size());
    const auto sequence = last - std::min<std::uint64_t>(last, below(60));
    const Ledger::Holder holder = workers[below(3)];
    const auto found = model.items.find(sequence);
    const bool holds = found != model.items.end() && found->second.holder == holder;
    switch (below(9)) {
      case 0:
      case 1:
        if (ledger.full()) break;
        {
          const std::string key = std::array{"", "a", "b", "c"}[below(4)];
          const auto priority = std::uint8_t(below(3));
          ledger.add(++last, key, priority);
          model.items[last] = {.key = key, .priority = priority};
        }
        break;
      case 2:
      case 3:
      case 4:
        if (const auto next = model.next(); next != 0) {
          REQUIRE(give(ledger, holder) == next);
          model.items[next].holder = holder;
          model.items[next].turn = event;
        } else {
          REQUIRE(give(ledger) == 0);
        }
        break;
      case 5:
        REQUIRE(ledger.done(sequence, holder) == holds);
        if (holds) model.items.erase(found);
        break;
      case 6:
        REQUIRE(ledger.refused(sequence, holder, now + 3ms) == holds);
        if (holds) model.fail(found->second, now + 3ms);
        break;
      case 7:
        if (auto* item = ledger.find(sequence, holder)) item->begun = true;
        REQUIRE((ledger.find(sequence, holder) != nullptr) == holds);
        if (holds) found->second.begun = true;
        break;
      default: {
        now += 1ms;
        ledger.wake(now);
        for (auto& [number, item] : model.items) {
          if (item.rests && *item.rests <= now) item.rests.reset();
        }
        if (below(20) != 0) break;
        const auto how = Loss(below(3));
        ledger.lost(holder, how);
        model.lose(holder, how);
      }
    }
    while (const auto* dead = ledger.dead()) {
      REQUIRE(model.items.at(dead->sequence).dead);
      model.items.erase(dead->sequence);
      ledger.bury();
      ++deaths;
    }
  }
  CHECK(deaths > 100);
}

}  // namespace weft::node
