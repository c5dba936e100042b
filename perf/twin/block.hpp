// The message and the topic that throughput and cost are measured with.
#pragma once

#include <cstdint>

#include "weft.hpp"

namespace weft::perf {

/// Bytes, borrowed at both ends: encoding copies them once into the transport's memory, decoding never does.
struct Block {
  BytesView data;
  WEFT_MESSAGE("perf/Block", data)
};

inline constexpr const char* block_name = "perf/block";

/// The topic, reliable, with `window` messages in flight at most.
inline Result<Topic<Block>> block_topic(std::uint32_t window) {
  return Topic<Block>::make(block_name, {.reliability = Reliability::reliable, .depth = window});
}

}  // namespace weft::perf
