// The ledger's parts, each against the standard library's.
#include "node/ledger_parts.hpp"

#include <map>
#include <random>
#include <set>
#include <utility>

#include <catch2/catch.hpp>

namespace weft::node::test {

namespace {

struct Piece {
  std::uint64_t sequence = 0;
  std::uint8_t priority = 0;
  int payload = 0;
};

}  // namespace

TEST_CASE("a table holds what a map holds, whatever comes and goes") {
  std::minstd_rand random(7);
  ItemTable<Piece> table;
  std::map<std::uint64_t, std::pair<Piece*, int>> model;
  std::uint64_t last = 0;
  for (int i = 0; i < 200'000; ++i) {
    // It grows to some thousand pieces and shrinks to nothing, again and again.
    const bool grows = i / 5'000 % 2 == 0;
    if (model.empty() || (random() % 4 != 0) == grows) {
      last += random() % 3 == 0 ? random() : 1;
      auto& piece = table.insert(last);
      piece.payload = i;
      model.emplace(last, std::pair(&piece, i));
    } else {
      auto gone = model.lower_bound(random() % (last + 1));
      if (gone == model.end()) gone = model.begin();
      table.erase(*gone->second.first);
      CHECK(table.find(gone->first) == nullptr);
      model.erase(gone);
    }
    REQUIRE(table.size() == model.size());
  }
  for (const auto& [sequence, known] : model) {
    REQUIRE(table.find(sequence) == known.first);
    REQUIRE(known.first->payload == known.second);
  }
  std::size_t seen = 0;
  table.for_each([&](Piece& piece) { seen += model.count(piece.sequence); });
  CHECK(seen == model.size());
  CHECK(table.find(last + 1) == nullptr);
}

TEST_CASE("a table uses the memory of what was erased again") {
  ItemTable<Piece> table;
  auto& piece = table.insert(1);
  table.erase(piece);
  CHECK(&table.insert(2) == &piece);
}

TEST_CASE("turns come by priority, then by sequence, however they were put in") {
  std::minstd_rand random(11);
  ItemTable<Piece> table;
  Turns<Piece> turns;
  std::set<std::pair<int, std::uint64_t>> model;  // the highest priority first: by its negative
  const int disorder =
      GENERATE(0, 1, 50, 100);  // so many of a hundred come late, or with a priority of their own
  CAPTURE(disorder);
  std::uint64_t next = 1'000'000;
  std::uint64_t late = 0;
  for (int i = 0; i < 50'000; ++i) {
    const bool grows = i / 1'000 % 2 == 0;
    if (model.empty() || (random() % 3 != 0) == grows) {
      const bool odd = int(random() % 100) < disorder;
      auto& piece = table.insert(odd ? ++late : ++next);
      piece.priority = odd ? std::uint8_t(random() % 3) : std::uint8_t{1};
      turns.push(piece);
      model.emplace(-int(piece.priority), piece.sequence);
    } else {
      auto* first = turns.first();
      REQUIRE(first != nullptr);
      REQUIRE(std::pair(-int(first->priority), first->sequence) == *model.begin());
      turns.pop();
      table.erase(*first);
      model.erase(model.begin());
    }
  }
  while (auto* first = turns.first()) {
    REQUIRE(std::pair(-int(first->priority), first->sequence) == *model.begin());
    turns.pop();
    model.erase(model.begin());
  }
  CHECK(model.empty());
}

}  // namespace weft::node::test
