// The message and the topic that weft and its twin are measured with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "weft.hpp"

namespace weft::perf {

/// Bytes, borrowed at both ends: encoding copies them once into the transport's memory, decoding never does.
struct Block {
  BytesView data;
  WEFT_MESSAGE("perf/Block", data)
};

/// Where an adapter's payloads are written.
class BlockMemory final {
 public:
  explicit BlockMemory(std::uint64_t most_bytes) : bytes_(most_bytes) {}
  /// Memory for the next.
  std::span<std::byte> begin(std::size_t bytes) { return last_ = {bytes_.data(), bytes}; }
  [[nodiscard]] Block block() const noexcept { return {last_}; }

 private:
  Bytes bytes_;
  std::span<std::byte> last_;
};

inline constexpr const char* block_name = "perf/block";

/// The topic, reliable, with `window` messages in flight at most.
inline Result<Topic<Block>> block_topic(std::uint32_t window) {
  return Topic<Block>::make(block_name, {.reliability = Reliability::reliable, .depth = window});
}

}  // namespace weft::perf
