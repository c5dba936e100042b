// What is written into payloads, and what is read out of them.
#include "stage/mark.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace weft::perf {

TEST_CASE("what fill() wrote is whole, whatever its size, and says what it said") {
  const auto bytes = GENERATE(0U, 1U, 7U, 64U, 70'000U);
  const Mark mark{.stamp_ns = -7, .sequence = 0x1234'5678'9abc, .writer = 3, .phase = Phase::measured};
  std::vector<std::byte> payload(sizeof mark + bytes);
  fill(payload, mark);
  const auto read = mark_of(payload);
  CHECK(read.stamp_ns == mark.stamp_ns);
  CHECK(read.sequence == mark.sequence);
  CHECK(read.writer == mark.writer);
  CHECK(read.phase == mark.phase);
  CHECK(is_whole(payload, read));
}

TEST_CASE("one wrong bit anywhere behind the mark is seen") {
  constexpr std::size_t bytes = 37;
  const Mark mark{.sequence = 255};
  std::vector<std::byte> payload(sizeof mark + bytes);
  fill(payload, mark);
  for (std::size_t bit = 8 * sizeof mark; bit < 8 * payload.size(); ++bit) {
    payload[bit / 8] ^= std::byte(1 << bit % 8);
    CHECK_FALSE(is_whole(payload, mark));
    payload[bit / 8] ^= std::byte(1 << bit % 8);
  }
  CHECK(is_whole(payload, mark));
}

TEST_CASE("a payload of another message is not whole") {
  std::vector<std::byte> payload(sizeof(Mark) + 1);
  fill(payload, {.sequence = 1});
  CHECK_FALSE(is_whole(payload, {.sequence = 2}));
}

TEST_CASE("what is too short for a mark is of nobody") {
  const std::vector<std::byte> payload(sizeof(Mark) - 1);
  const auto mark = mark_of(payload);
  CHECK(mark.writer == UINT32_MAX);
  CHECK(mark.phase == Phase::end);
  CHECK_FALSE(is_whole(payload, mark));
}

}  // namespace weft::perf
