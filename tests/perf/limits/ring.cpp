// The ring's invariants (perf/limits/ring.hpp), each under its number. All roles are threads on one mapping here, since
// the thread sanitizer sees nothing between two; processes are in parties.cpp.
#include "limits/ring.hpp"

#include <numeric>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "limits/broadcast.hpp"

namespace weft::perf::limits {

namespace {

constexpr std::uint64_t messages = 5'000;

Ring ring_of(std::size_t readers, std::size_t slots, std::size_t words) {
  return Ring::create({readers, slots, words}).value();
}

/// What came to each reader: `keep` is called with every message's words before its slot is released.
template <class Keep>
void broadcast(const Ring& ring, Keep keep) {
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < ring.shape().readers; ++i) {
    readers.emplace_back([&ring, &keep, i] {
      RingReader reader(ring, i);
      for (std::uint64_t n = 0; n < messages; ++n) {
        keep(i, n, reader.next());
        reader.release();
      }
    });
  }
  RingWriter writer(ring);
  for (std::uint64_t n = 0; n < messages; ++n) {
    const auto words = writer.claim();
    std::iota(words.begin(), words.end(), n);
    writer.publish();
  }
  for (auto& reader : readers)
    reader.join();
}

/// Whether the words are those of message n.
bool is_whole(Words words, std::uint64_t n) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != n + i) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("1, 3, 4: every reader gets every message, whole, once and in order") {
  const auto readers = GENERATE(std::size_t{1}, std::size_t{3}, most_readers);
  const auto slots = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{64});
  CAPTURE(readers, slots);
  const auto ring = ring_of(readers, slots, 16);
  std::vector<std::uint64_t> right(readers);
  broadcast(ring,
            [&](std::size_t reader, std::uint64_t n, Words words) { right[reader] += is_whole(words, n); });
  CHECK(right == std::vector<std::uint64_t>(readers, messages));
}

TEST_CASE("1: a message is counted once it is published, and not before") {
  const auto ring = ring_of(1, 4, 8);
  RingWriter writer(ring);
  std::ranges::fill(writer.claim(), 7);
  CHECK(ring.written().value == 0);
  writer.publish();
  CHECK(ring.written().value == 1);
  CHECK(RingReader(ring, 0).next()[0] == 7);
}

TEST_CASE("2: a reader's cursor tells of its own messages alone, once they are released") {
  const auto ring = ring_of(2, 4, 8);
  RingWriter writer(ring);
  (void)writer.claim();
  writer.publish();
  RingReader reader(ring, 1);
  (void)reader.next();
  CHECK(ring.cursors()[1].value == 0);
  reader.release();
  CHECK(ring.cursors()[1].value == 1);
  CHECK(ring.cursors()[0].value == 0);
}

TEST_CASE(
    "3: the writer is never more than the ring ahead of the slowest, which here holds each slot for a "
    "while") {
  const auto ring = ring_of(2, 4, 8);
  std::vector<std::uint64_t> ahead(2);
  broadcast(ring, [&](std::size_t reader, std::uint64_t n, Words /*words*/) {
    if (reader == 1) std::this_thread::yield();
    const auto written = ring.written().value.load(std::memory_order_relaxed);  // pairs with nothing: a count
    ahead[reader] = std::max(ahead[reader], written - n);
  });
  CHECK(ahead[0] <= ring.shape().slots);
  CHECK(ahead[1] <= ring.shape().slots);
}

TEST_CASE("4: a writer that drains has been read to the end by all") {
  const auto ring = ring_of(1, 8, 8);
  std::uint64_t seen = 0;
  std::thread late;
  RingWriter writer(ring);
  for (std::uint64_t n = 0; n < 8; ++n) {
    std::ranges::fill(writer.claim(), n);
    writer.publish();
  }
  late = std::thread([&] {
    RingReader reader(ring, 0);
    for (; seen < 8; reader.release())
      seen += std::uint64_t(reader.next()[0] == seen);
  });
  writer.drain();
  CHECK(seen == 8);
  late.join();
}

TEST_CASE("a broadcast's accounts add up, and tell of what is wrong") {
  const auto read = GENERATE(Read::header, Read::all);
  const auto ring = ring_of(2, 4, 8);
  std::array<Account, 3> accounts{};
  std::thread one([&] { read_broadcast(ring, 0, read, accounts[1]); });
  std::thread two([&] { read_broadcast(ring, 1, read, accounts[2]); });
  write_broadcast(ring, Duration::zero(), accounts[0]);
  one.join();
  two.join();
  CHECK(accounts[0].messages > warm_up_of(ring));
  for (const auto& account : {accounts[1], accounts[2]}) {
    CHECK(account.messages == accounts[0].messages);
    CHECK(account.wrong == 0);
  }
}

TEST_CASE("a message that is damaged anywhere is wrong for who reads every byte") {
  const auto ring = ring_of(1, 4, 8);
  RingWriter writer(ring);
  for (std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
    const auto words = writer.claim();
    std::ranges::fill(words, n);
    if (n == 1) words.back() = 0;
    writer.publish();
  }
  Account account{};
  read_broadcast(ring, 0, Read::all, account);
  CHECK(account.messages == 2);
  CHECK(account.wrong == 1);
}

}  // namespace weft::perf::limits
