// The message and the topic that weft and its twin are measured with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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

/// Where the payloads of many messages are written, which then are sent together.
class BlockBatch final {
 public:
  explicit BlockBatch(std::uint64_t most_bytes) : bytes_(std::max(most_bytes, together)) {}
  /// Whether there is room for one more.
  [[nodiscard]] bool takes(std::size_t bytes) const noexcept { return bytes <= bytes_.size() - used_; }
  /// Memory for the next. REQUIRES: takes(bytes).
  std::span<std::byte> begin(std::size_t bytes) {
    const auto memory = std::span(bytes_).subspan(used_, bytes);
    used_ += bytes;
    blocks_.push_back({memory});
    return memory;
  }
  [[nodiscard]] std::span<const Block> blocks() const noexcept { return blocks_; }
  void clear() noexcept {
    used_ = 0;
    blocks_.clear();
  }

 private:
  static constexpr std::uint64_t together = 12 << 10;
  Bytes bytes_;
  std::size_t used_ = 0;
  std::vector<Block> blocks_;
};

inline constexpr const char* block_name = "perf/block";

/// The topic, reliable, with `window` messages in flight at most.
inline Result<Topic<Block>> block_topic(std::uint32_t window) {
  return Topic<Block>::make(block_name, {.reliability = Reliability::reliable, .depth = window});
}

}  // namespace weft::perf
