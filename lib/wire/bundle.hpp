// Bundle: several frames in one message of a transport, since a message costs more than a short frame.
//
// What      A header of kind bundle, then of each frame its length and the frame (FORMAT.md).
// Threads   Values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/header.hpp"

namespace weft::wire {

/// A bundle in the making.
class Bundle final {
 public:
  /// Bytes of the longest that there may be. Longer than what the transports' buffers hold, so that they do not copy it.
  static constexpr std::size_t longest = 16384;
  /// Bytes of the longest frame that is worth its copying.
  static constexpr std::size_t longest_frame = 2048;

  [[nodiscard]] bool empty() const noexcept { return frames_ == 0; }
  /// Then its message is no bundle, but that frame.
  [[nodiscard]] bool holds_one() const noexcept { return frames_ == 1; }
  /// Whether `frame` can go into it: a short one, for which there is room.
  [[nodiscard]] bool takes(BytesView frame) const noexcept {
    return frame.size() <= longest_frame && bytes_.size() + sizeof(std::uint32_t) + frame.size() <= longest;
  }
  /// REQUIRES: takes(frame), and all frames that it ever had are of one source.
  void add(BytesView frame);
  /// What travels: a bundle, or the frame alone if there is one. REQUIRES: !empty(). Good until the next add() or clear().
  [[nodiscard]] BytesView message() const noexcept;
  /// Empties it, and keeps the memory.
  void clear() noexcept;

 private:
  Bytes bytes_;
  std::size_t frames_ = 0;
};

/// Takes the next frame off what follows a bundle's header. Total: nothing where nothing is left, or no frame begins.
std::optional<BytesView> take_frame(BytesView& rest) noexcept;

}  // namespace weft::wire
