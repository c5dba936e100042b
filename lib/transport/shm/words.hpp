// Shared bytes, copied word by word: so that a copy while somebody writes has a meaning, if not a use.
//
// Threads   Any; what was copied may be of several writes, and is checked afterwards by who copied it.
// Method    H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012: the writer's words
//           are stored with release, so that none is seen before what was stored earlier, and the reader's loaded with
//           acquire, so that none is loaded after what he looks at next. On x86 both are plain moves.
#pragma once

#include <cstring>
#include <span>

#include "base/bytes.hpp"
#include "transport/shm/layout.hpp"

namespace weft::transport::shm {

/// REQUIRES: 8-aligned, in memory that lives as long as it is used.
inline Shared64& word_at(std::byte* at) noexcept {
  return *reinterpret_cast<Shared64*>(at);
}
inline const Shared64& word_at(const std::byte* at) noexcept {
  return *reinterpret_cast<const Shared64*>(at);
}

/// To shared memory, of which the last word is written whole. REQUIRES: `to` is 8-aligned.
inline void store_words(std::byte* to, BytesView bytes) noexcept {
  const auto* from = bytes.data();
  auto left = bytes.size();
  std::uint64_t word = 0;
  for (; left >= sizeof word; left -= sizeof word, from += sizeof word, to += sizeof word) {
    std::memcpy(&word, from, sizeof word);
    word_at(to).store(word, std::memory_order_release);  // pairs with load_words()
  }
  if (left == 0) return;
  word = 0;
  std::memcpy(&word, from, left);
  word_at(to).store(word, std::memory_order_release);  // pairs with load_words()
}

/// From shared memory, of which the last word is read whole. REQUIRES: `from` is 8-aligned.
inline void load_words(const std::byte* from, std::span<std::byte> bytes) noexcept {
  auto* to = bytes.data();
  auto left = bytes.size();
  for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
    const auto word = word_at(from).load(std::memory_order_acquire);  // pairs with store_words()
    std::memcpy(to, &word, sizeof word);
    from += sizeof word;
    to += sizeof word;
  }
  if (left == 0) return;
  const auto word = word_at(from).load(std::memory_order_acquire);  // pairs with store_words()
  std::memcpy(to, &word, left);
}

}  // namespace weft::transport::shm
