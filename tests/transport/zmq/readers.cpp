#include "transport/zmq/readers.hpp"

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::transport::zeromq;
using namespace std::chrono_literals;

namespace {

constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();
const Instant start = Instant(1h);

Token token(std::uint32_t port, std::uint32_t depth = 10, bool reliable = true) {
  return Token{{1, port}, {depth, reliable}};
}

Readers::Entry& matched(Readers& readers, const Token& who, std::uint64_t taken = 0) {
  auto* entry = readers.join(who);
  REQUIRE(entry != nullptr);
  entry->second.state = Reader::State::matched;
  entry->second.fits = true;
  entry->second.taken = taken;
  readers.update();
  return *entry;
}

}  // namespace

TEST_CASE("the slowest reliable reader sets the limit, by the smaller of both depths") {
  Readers readers(true, 8, 10s);
  CHECK(readers.limit() == unlimited);
  auto& slow = matched(readers, token(1), 100);
  auto& fast = matched(readers, token(2, 4), 200);
  CHECK(readers.limit() == 108);
  slow.second.taken = 300;
  readers.update();
  CHECK(readers.limit() == 204);
  readers.leave(fast.first);
  CHECK(readers.limit() == 308);
}

TEST_CASE("who is best effort, does not fit or has not introduced itself sets no limit") {
  Readers readers(true, 8, 10s);
  matched(readers, token(1, 10, false));
  matched(readers, token(2)).second.fits = false;
  matched(readers, token(3)).second.state = Reader::State::met;
  readers.update();
  CHECK(readers.limit() == unlimited);
  Readers best_effort(false, 8, 10s);
  matched(best_effort, token(1));
  CHECK(best_effort.limit() == unlimited);
}

TEST_CASE("a reader without progress for `stall` is given up, counted from when it was first in the way") {
  Readers readers(true, 8, 10s);
  auto& stuck = matched(readers, token(1));
  matched(readers, token(2), 5);
  CHECK(readers.hold(8, start).stalled.empty());
  CHECK(readers.hold(9, start).ask_again == 10s);
  CHECK(readers.hold(9, start + 9s).ask_again == 1s);
  const auto held = readers.hold(9, start + 10s);
  REQUIRE(held.stalled.size() == 1);
  CHECK(held.stalled[0] == &stuck);
  CHECK(readers.limit() == 13);
  CHECK_FALSE(readers.gates(stuck));
}

TEST_CASE("a stalled reader has caught up when half its window is free") {
  Readers readers(true, 8, 10s);
  auto& reader = matched(readers, token(1));
  reader.second.state = Reader::State::stalled;
  CHECK_FALSE(readers.caught_up(reader, 100));
  reader.second.taken = 96;
  CHECK(readers.caught_up(reader, 100));
  reader.second.state = Reader::State::matched;
  CHECK_FALSE(readers.caught_up(reader, 100));
}

TEST_CASE("a reader that joins lets the publisher go half a window further, and has caught up with that") {
  Readers readers(true, 8, 10s);
  auto& entry = *readers.join(token(1));
  auto& reader = entry.second;
  reader.state = Reader::State::joining;
  reader.joined = 100;
  reader.taken = 50;
  readers.update();
  CHECK(readers.limit() == 104);
  CHECK_FALSE(readers.caught_up(entry, 104));
  reader.taken = 100;
  CHECK(readers.caught_up(entry, 104));
}

TEST_CASE("a reader that stalls while it joins is in nobody's way, and was never matched") {
  Readers readers(true, 8, 10s);
  auto& entry = *readers.join(token(1));
  entry.second.state = Reader::State::joining;
  readers.update();
  CHECK(readers.hold(5, start).ask_again == 10s);
  CHECK(readers.hold(5, start + 10s).stalled.empty());
  CHECK(entry.second.state == Reader::State::stalled);
  CHECK(readers.limit() == unlimited);
}

TEST_CASE("readers are busy when each has many before it, more than it may have taken and not told") {
  Readers readers(true, 1000, 10s);
  CHECK_FALSE(readers.all_busy(1'000'000));
  matched(readers, token(1, 1000), 100);
  auto& other = matched(readers, token(2, 800, false), 200);
  CHECK_FALSE(readers.all_busy(200 + 200 + Readers::many - 1));
  CHECK(readers.all_busy(200 + 200 + Readers::many));
  CHECK_FALSE(readers.none_waits(200 + 200 + 1));
  CHECK(readers.none_waits(200 + 200 + 2));
  readers.leave(other.first);
  CHECK(readers.all_busy(100 + 250 + Readers::many));
}

TEST_CASE("a reader lags when more than its window may be under way to it") {
  Readers readers(true, 1000, 10s);
  matched(readers, token(1, 1000), 100);
  matched(readers, token(2, 8, false), 900);
  CHECK_FALSE(readers.any_lags(908));
  CHECK(readers.any_lags(909));
}

TEST_CASE("there are no more readers than the limit") {
  Readers readers(true, 8, 10s);
  for (std::uint32_t i = 0; i < Readers::most; ++i)
    REQUIRE(readers.join(token(i)) != nullptr);
  CHECK(readers.join(token(Readers::most)) == nullptr);
  CHECK(readers.find(token(7)) != nullptr);
}
