// Each kind of hand-over passes the right words, there and back.
#include "limits/hand_over.hpp"

#include <iostream>
#include <memory>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "limits/trips.hpp"

namespace weft::perf::limits {

namespace {

/// Nothing where this machine has no such thing.
std::unique_ptr<HandOver> make(const Kind& kind, Cores cores) {
  auto made = kind.make(cores);
  if (made) return *std::move(made);
  std::cout << "SKIPPED: " << kind.name << ": " << made.error().message << '\n';
  return nullptr;
}

}  // namespace

TEST_CASE("what one side sends is what the other receives, in order, both ways") {
  const auto kind = GENERATE(from_range(kinds.begin(), kinds.end()));
  CAPTURE(kind.name);
  const auto hand_over = make(kind, Cores::one);
  if (!hand_over) return;
  constexpr Word words = 500;
  std::thread echo([&] {
    Word word = 0;
    for (Word i = 0; i < words; ++i) {
      if (!hand_over->receive(Side::second, word) || !hand_over->send(Side::second, word ^ 0x8000'0000))
        return;
    }
  });
  Word right = 0;
  for (Word i = 1; i <= words; ++i) {
    Word back = 0;
    if (hand_over->send(Side::first, i * 3) && hand_over->receive(Side::first, back))
      right += Word(back == ((i * 3) ^ 0x8000'0000));
  }
  echo.join();
  CHECK(right == words);
}

TEST_CASE("a spinning hand-over ends wherever its sides run") {
  const auto hand_over = make(kinds.front(), GENERATE(Cores::one, Cores::two, Cores::free));
  const auto trips = std::make_unique<Trips>();
  int answered = -1;
  std::thread second([&] { answered = answer_trips(*hand_over); });
  CHECK(begin_trips(*hand_over, Duration::zero(), *trips) == 0);
  second.join();
  CHECK(answered == 0);
  CHECK(trips->all().size() == 1);
}

TEST_CASE("another word than was sent is noticed") {
  const auto hand_over = make(kinds.front(), Cores::one);
  std::thread liar([&] {
    Word word = 0;
    (void)hand_over->receive(Side::second, word);
    (void)hand_over->send(Side::second, word + 1);
  });
  const auto trips = std::make_unique<Trips>();
  CHECK(begin_trips(*hand_over, Duration::zero(), *trips) == EBADMSG);
  liar.join();
}

TEST_CASE("each kind has its own name") {
  std::set<std::string_view> names;
  for (const auto& kind : kinds)
    names.insert(kind.name);
  CHECK(names.size() == kinds.size());
}

}  // namespace weft::perf::limits
