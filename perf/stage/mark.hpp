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

/// Eight of the bytes that follow a mark.
inline std::uint64_t word_of(const Mark& mark) noexcept {
  return (mark.sequence & 0xff) * 0x0101'0101'0101'0101;
}
/// Up to so many bytes calling memset() takes longer than what it does.
inline constexpr std::size_t short_payload = 256;

/// Writes every byte of a payload: the mark, and then one that follows from the sequence. REQUIRES: room for the mark.
inline void fill(std::span<std::byte> payload, const Mark& mark) noexcept {
  std::memcpy(payload.data(), &mark, sizeof mark);
  auto* at = payload.data() + sizeof mark;
  auto left = payload.size() - sizeof mark;
  if (left > short_payload) {
    std::memset(at, int(mark.sequence & 0xff), left);
    return;
  }
  const auto word = word_of(mark);
  for (; left >= sizeof word; left -= sizeof word, at += sizeof word)
    std::memcpy(at, &word, sizeof word);
  std::memcpy(at, &word, left);
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
  const auto wanted = word_of(mark);
  const auto* at = payload.data() + sizeof mark;
  auto left = payload.size() - sizeof mark;
  std::uint64_t wrong = 0;
  std::uint64_t word = 0;
  for (; left >= sizeof word; left -= sizeof word, at += sizeof word) {
    std::memcpy(&word, at, sizeof word);
    wrong |= word ^ wanted;
  }
  word = wanted;
  std::memcpy(&word, at, left);
  return (wrong | (word ^ wanted)) == 0;
}

}  // namespace weft::perf
