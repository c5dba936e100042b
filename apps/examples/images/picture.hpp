// Picture: a decoded image, and what the pipeline makes of it.
//
// What      8 bits of red, green and blue each, rows from the top. All arithmetic is in integers: of the same picture the
//           same comes out, whichever machine does it.
// Threads   Values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.hpp"

namespace weft::images {

/// 150 MB: a file of some bytes may claim to hold 2^62 pixels.
inline constexpr std::uint64_t most_pixels = 50'000'000;

struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgb{};  ///< width * height * 3

  /// A black one. Errors: too_big (more than most_pixels), invalid_argument (no pixels at all).
  static Result<Picture> create(std::uint64_t width, std::uint64_t height);
  friend bool operator==(const Picture&, const Picture&) = default;
};

/// In that width, and the height that belongs to it: each pixel is the average of the area that it covers. Errors: too_big.
Result<Picture> resized(Picture picture, std::uint32_t width);

/// Each pixel averaged with its neighbours up to `radius`, three times over, which comes near to a Gaussian.
Picture blurred(Picture picture, std::uint32_t radius);

/// Its brightness spread so that each is about equally frequent; hue and saturation stay about the same.
Picture equalised(Picture picture);

/// Puts `picture` into `sheet`, its corner at (x, y). REQUIRES that it fits in.
void place(const Picture& picture, Picture& sheet, std::size_t x, std::size_t y);

}  // namespace weft::images
