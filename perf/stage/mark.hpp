// Mark: what every payload begins with, and how its other bytes are written and read.
//
// Threads   Plain values and pure functions.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace weft::perf {

enum class Phase : std::uint32_t { warm_up, measured, end };

/// 24 bytes. A message of n bytes has n more behind it: so that also one of 0 bytes says when it was sent.
struct Mark {
  std::int64_t stamp_ns =
      0;  ///< When it was to be sent, by the monotonic clock of the host; 0: it does not say.
  std::uint64_t sequence = 0;  ///< From 1, through all phases.
  std::uint32_t writer = 0;
  Phase phase = Phase::warm_up;
};
static_assert(sizeof(Mark) == 24);

/// By the clock of now() (base/time.hpp).
inline std::int64_t monotonic_ns() noexcept {
  return now().time_since_epoch().count();
}

/// Writes every byte of a payload: the mark, and then one that follows from the sequence. REQUIRES: room for the mark.
inline void fill(std::span<std::byte> payload, const Mark& mark) noexcept {
  std::memset(payload.data() + sizeof mark, int(mark.sequence & 0xff), payload.size() - sizeof mark);
  std::memcpy(payload.data(), &mark, sizeof mark);
}

/// The mark of a payload; one of the end, writer 2^32 - 1, if it is too short for any.
inline Mark mark_of(BytesView payload) noexcept {
  Mark mark{.writer = UINT32_MAX, .phase = Phase::end};
  if (payload.size() >= sizeof mark) std::memcpy(&mark, payload.data(), sizeof mark);
  return mark;
}

/// Reads every byte: whether they are what fill() wrote. False, if it is too short for any mark.
inline bool is_whole(BytesView payload, const Mark& mark) noexcept {
  if (payload.size() < sizeof mark) return false;
  const auto wanted = std::byte(mark.sequence & 0xff);
  auto wrong = std::byte{0};
  for (const auto byte : payload.subspan(sizeof mark))
    wrong |= byte ^ wanted;
  return wrong == std::byte{0};
}

}  // namespace weft::perf
