// The ring of records: each invariant of ring_writer.hpp under its number.
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "transport/shm/ring_reader.hpp"
#include "transport/shm/ring_writer.hpp"

using namespace weft;
using namespace weft::transport::shm;

namespace {

/// A ring in ordinary memory, as one process sees it.
class Memory final {
 public:
  explicit Memory(std::size_t capacity = first_ring_bytes) : capacity_(capacity), ring_(make(capacity)) {}
  [[nodiscard]] std::byte* ring() noexcept { return reinterpret_cast<std::byte*>(ring_.get()); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  Head head{};

 private:
  struct alignas(line_bytes) Line {
    std::array<std::byte, line_bytes> bytes;
  };
  static std::unique_ptr<Line[]> make(std::size_t bytes) {
    return std::make_unique<Line[]>(bytes / line_bytes);
  }
  std::size_t capacity_;
  std::unique_ptr<Line[]> ring_;
};

RingWriter writer_of(Memory& memory) {
  return {memory.head, memory.ring(), memory.capacity(), 0};
}
RingReader reader_of(Memory& memory) {
  return {memory.head, memory.ring(), memory.capacity(), 0};
}

/// Bytes that tell their number and length, and whether they are of one writing.
Bytes payload(std::uint64_t number, std::size_t bytes) {
  Bytes out(bytes);
  for (std::size_t i = 0; i < bytes; ++i)
    out[i] = std::byte(number * 31 + i * 7 + (number >> 8));
  std::memcpy(out.data(), &number, std::min(bytes, sizeof number));
  return out;
}

/// The number, if they are whole.
std::optional<std::uint64_t> number_of(BytesView bytes) {
  std::uint64_t number = 0;
  if (bytes.size() < sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  return std::ranges::equal(bytes, payload(number, bytes.size())) ? std::optional(number) : std::nullopt;
}

void write(RingWriter& writer, std::uint64_t number, std::size_t bytes) {
  writer.write(Kind::frame, payload(number, bytes), number);
}

using Room = std::array<std::byte, RingWriter::longest>;

/// The numbers of all records that are there; `lapped`: how often the writer had come round.
std::vector<std::uint64_t> read_all(RingReader& reader, int* lapped = nullptr) {
  std::vector<std::uint64_t> numbers;
  Room room;
  RingReader::Record record;
  for (;;) {
    const auto found = reader.next(room, record);
    if (found == RingReader::Found::lapped && lapped != nullptr) {
      ++*lapped;
      continue;
    }
    if (found != RingReader::Found::record) return numbers;
    REQUIRE(record.word.kind == Kind::frame);
    REQUIRE(record.word.number == number_of(record.payload).value());
    numbers.push_back(number_of(record.payload).value());
  }
}

}  // namespace

TEST_CASE("1: a record is seen whole or not at all, whatever its length and wherever the ring ends") {
  Memory memory;
  auto writer = writer_of(memory);
  auto reader = reader_of(memory);
  std::mt19937 random(1);  // NOLINT: the same lengths every time
  for (std::uint64_t number = 1; number <= 20'000; ++number) {
    const auto bytes = 8 + random() % (RingWriter::longest - 7);
    REQUIRE(writer.must_pass(bytes) <= reader.position());
    write(writer, number, bytes);
    CHECK(read_all(reader) == std::vector{number});
    CHECK(reader.is_at_end());
  }
}

TEST_CASE("1: who has read all finds nothing, whatever lay there before") {
  Memory memory;
  auto writer = writer_of(memory);
  auto reader = reader_of(memory);
  Bytes looks_like_records(RingWriter::longest);
  for (std::size_t i = 0; i + 8 <= looks_like_records.size(); i += 8) {
    const auto word = Word{Kind::frame, 8, 7}.value();
    std::memcpy(looks_like_records.data() + i, &word, sizeof word);
  }
  Room room;
  RingReader::Record record;
  for (int i = 0; i < 1000; ++i) {
    writer.write(Kind::frame, BytesView(looks_like_records).first(std::size_t(i * 13) % RingWriter::longest),
                 7);
    REQUIRE(reader.next(room, record) == RingReader::Found::record);
    REQUIRE(reader.next(room, record) == RingReader::Found::nothing);
  }
}

TEST_CASE(
    "2, 3: a reader that is lapped goes on at the oldest record that is left, and gets no part of another") {
  Memory memory;
  auto writer = writer_of(memory);
  auto reader = reader_of(memory);
  std::mt19937 random(2);  // NOLINT: the same lengths every time
  std::uint64_t number = 0;
  for (int round = 0; round < 300; ++round) {
    const auto some = random() % 400;
    for (std::uint64_t i = 0; i < some; ++i)
      write(writer, ++number, 8 + random() % 300);
    int lapped = 0;
    const auto got = read_all(reader, &lapped);
    if (some == 0) continue;
    REQUIRE(got.back() == number);
    for (std::size_t i = 1; i < got.size(); ++i)
      REQUIRE(got[i] == got[i - 1] + 1);
    if (lapped != 0) CHECK(got.size() > 50);  // of 32 KiB all but two sixteenths are left
  }
}

TEST_CASE("a frame says how many there have been before it, of numbers that come again after days alone") {
  Memory memory;
  auto writer = writer_of(memory);
  auto reader = reader_of(memory);
  Room room;
  RingReader::Record record;
  for (const auto number : {std::uint64_t(1) << 24, (std::uint64_t(1) << 40) - 1, std::uint64_t(1) << 40}) {
    writer.write(Kind::frame, as_bytes("payload"), number);
    REQUIRE(reader.next(room, record) == RingReader::Found::record);
    CHECK(record.word.number == number % Word::numbers);
  }
}

TEST_CASE("2: what a reader copies while it is overwritten is never taken for a record", "[stress]") {
  Memory memory;
  auto writer = writer_of(memory);
  constexpr std::uint64_t last = 200'000;
  std::thread writing([&] {
    for (std::uint64_t number = 1; number <= last; ++number)
      write(writer, number, 8 + number % 500);
  });
  auto reader = reader_of(memory);
  std::uint64_t seen = 0;
  bool whole = true;
  while (seen < last && whole) {
    int lapped = 0;
    for (const auto number : read_all(reader, &lapped)) {
      whole = whole && number > seen;
      seen = number;
    }
  }
  writing.join();
  CHECK(whole);
  CHECK(seen == last);
}

TEST_CASE("must_pass() is what a reader has to have passed in order to miss nothing", "[stress]") {
  Memory memory;
  auto writer = writer_of(memory);
  std::atomic<std::uint64_t> passed{0};
  constexpr std::uint64_t last = 100'000;
  std::thread writing([&] {
    for (std::uint64_t number = 1; number <= last; ++number) {
      const auto bytes = 8 + number % 500;
      while (writer.must_pass(bytes) > passed.load())
        std::this_thread::yield();
      write(writer, number, bytes);
    }
  });
  auto reader = reader_of(memory);
  std::uint64_t seen = 0;
  bool all = true;
  while (seen < last && all) {
    int lapped = 0;
    for (const auto number : read_all(reader, &lapped)) {
      all = all && number == seen + 1;
      seen = number;
    }
    all = all && lapped == 0;
    passed = reader.position();
  }
  writing.join();
  CHECK(all);
}

TEST_CASE("4: a ring goes on in a longer one at any moment, and the old one stays as it was") {
  for (std::size_t records = 0; records < 400; ++records) {
    Memory memory;
    Memory longer(2 * first_ring_bytes);
    auto writer = writer_of(memory);
    auto reader = reader_of(memory);
    for (std::uint64_t number = 1; number <= records; ++number)
      write(writer, number, 8 + number * 37 % 900);
    writer.move_to(longer.ring(), longer.capacity(), 1);
    for (std::uint64_t number = records + 1; number <= records + 10; ++number)
      write(writer, number, 100);
    std::uint64_t seen = 0;
    Room room;
    RingReader::Record record;
    bool moved = false;
    while (seen < records + 10) {
      const auto found = reader.next(room, record);
      if (found == RingReader::Found::lapped) continue;
      REQUIRE(found == RingReader::Found::record);
      if (record.word.kind == Kind::moved) {
        moved = true;
        CHECK(reader.ring() == 1);
        reader.move_to(longer.ring(), longer.capacity());
      } else {
        const auto number = number_of(record.payload).value();
        REQUIRE((number == seen + 1 || seen == 0));
        seen = number;
      }
    }
    CHECK(moved);
  }
}

TEST_CASE("a reader of a writer that writes anything at all stays within the ring") {
  Memory memory;
  std::mt19937_64 random(3);  // NOLINT: the same bytes every time
  Room room;
  for (int round = 0; round < 3000; ++round) {
    for (std::size_t i = 0; i < memory.capacity(); i += line_bytes * (1 + random() % 64))
      word_at(memory.ring() + i)
          .store(random() % 3 == 0 ? random()
                                   : Word{Kind(1 + random() % 5), std::uint16_t(random() % 2000), 0}.value());
    memory.head.reclaimed.store(random() % 4 == 0 ? random()
                                                  : random() % memory.capacity() / line_bytes * line_bytes);
    auto reader = reader_of(memory);
    RingReader::Record record;
    for (int i = 0; i < 50; ++i) {
      const auto found = reader.next(room, record);
      if (found == RingReader::Found::broken || found == RingReader::Found::nothing) break;
    }
  }
}
