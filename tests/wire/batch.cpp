#include "wire/batch.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "golden_frames.hpp"

using namespace weft;
using namespace weft::wire;

namespace {

Bytes message_of(std::size_t bytes) {
  return Bytes(bytes, std::byte(bytes));
}

/// A batch of messages of these sizes.
Bytes batch_of(const std::vector<std::size_t>& sizes) {
  std::size_t bytes = 0;
  for (const auto size : sizes)
    bytes += batched_bytes(size);
  Bytes batch(bytes, std::byte{0xff});
  std::span<std::byte> rest(batch);
  for (const auto size : sizes)
    std::ranges::copy(message_of(size), put_message(rest, size).begin());
  CHECK(rest.empty());
  return batch;
}

}  // namespace

TEST_CASE("a batch gives back its messages, in their order, each at a multiple of 8") {
  const std::vector<std::size_t> sizes{0, 1, 7, 8, 9, 64, 1000};
  const auto batch = batch_of(sizes);
  BytesView rest(batch);
  for (const auto size : sizes) {
    const auto message = take_message(rest);
    REQUIRE(message);
    CHECK(test::owned(*message) == message_of(size));
    CHECK((message->data() - batch.data()) % 8 == 0);
  }
  CHECK(rest.empty());
  CHECK_FALSE(take_message(rest));
}

TEST_CASE("what pads a message is zero") {
  Bytes wanted(16);
  wanted[0] = wanted[8] = std::byte{1};
  CHECK(batch_of({1}) == wanted);
}

TEST_CASE("a message that is longer than what is left is none") {
  const auto batch = batch_of({20});
  for (std::size_t left = 0; left < batch.size(); ++left) {
    BytesView rest(batch.data(), left);
    CHECK_FALSE(take_message(rest));
    CHECK(rest.size() == left);
  }
  for (const auto length : {UINT64_MAX, UINT64_MAX - 7, UINT64_MAX - 8, std::uint64_t(25)}) {
    auto lies = batch;
    std::memcpy(lies.data(), &length, sizeof length);
    BytesView rest(lies);
    CHECK_FALSE(take_message(rest));
  }
}
