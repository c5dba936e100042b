#include "examples/images/picture.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace weft::images {

namespace {

constexpr std::size_t channels = 3;

/// A row or a column of a picture.
struct Strip {
  std::uint8_t* first;
  std::size_t step;  // bytes from pixel to pixel
  std::uint32_t count;

  [[nodiscard]] std::uint8_t& at(std::size_t pixel, std::size_t channel) const {
    return first[pixel * step + channel];
  }
};

Strip row(Picture& picture, std::size_t y) {
  return {picture.rgb.data() + y * picture.width * channels, channels, picture.width};
}

Strip column(Picture& picture, std::size_t x) {
  return {picture.rgb.data() + x * channels, picture.width * channels, picture.height};
}

// A pixel of `from` is to.count units long, one of `to` from.count units: so both strips are of the same length, and a
// pixel of `to` is the sum of units / from.count, with no fraction on the way.
void average(const Strip& from, const Strip& to) {
  std::size_t source = 0;
  std::uint64_t left = to.count;  // units of `source` that are not used yet
  for (std::size_t target = 0; target < to.count; ++target) {
    std::array<std::uint64_t, channels> sum{};
    for (std::uint64_t need = from.count; need > 0;) {
      const auto units = std::min(need, left);
      for (std::size_t c = 0; c < channels; ++c)
        sum[c] += units * from.at(source, c);
      need -= units;
      left -= units;
      if (left > 0) continue;
      left = to.count;
      ++source;
    }
    for (std::size_t c = 0; c < channels; ++c)
      to.at(target, c) = std::uint8_t((sum[c] + from.count / 2) / from.count);
  }
}

/// Averages over 2 * radius + 1 pixels; those beyond an end are like the last one. `line` is scratch memory.
void blur(const Strip& strip, std::uint32_t radius, std::vector<std::uint8_t>& line) {
  const std::size_t window = 2 * std::size_t(radius) + 1;
  line.resize(strip.count + window - 1);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < line.size(); ++i)
      line[i] = strip.at(std::min<std::size_t>(i < radius ? 0 : i - radius, strip.count - 1), c);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < window - 1; ++i)
      sum += line[i];
    for (std::size_t i = 0; i < strip.count; ++i) {
      sum += line[i + window - 1];
      strip.at(i, c) = std::uint8_t((sum + radius) / window);
      sum -= line[i];
    }
  }
}

std::uint8_t brightness(const std::uint8_t* pixel) {
  return std::uint8_t((77U * pixel[0] + 150U * pixel[1] + 29U * pixel[2] + 128U) / 256U);
}

/// What each brightness becomes.
std::array<std::uint8_t, 256> spread(const Picture& picture) {
  std::array<std::uint64_t, 256> count{};
  for (std::size_t i = 0; i < picture.rgb.size(); i += channels)
    ++count[brightness(&picture.rgb[i])];
  const std::uint64_t darkest = *std::ranges::find_if(count, [](auto n) { return n != 0; });
  const std::uint64_t others = picture.rgb.size() / channels - darkest;
  std::array<std::uint8_t, 256> out{};
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    sum += count[i];
    const auto brighter = sum > darkest ? sum - darkest : 0;
    out[i] = std::uint8_t(others == 0 ? i : (brighter * 255 + others / 2) / others);
  }
  return out;
}

}  // namespace

Result<Picture> Picture::create(std::uint64_t width, std::uint64_t height) {
  if (width == 0 || height == 0) return Error{Errc::invalid_argument, "a picture without pixels"};
  if (width > most_pixels || height > most_pixels || width * height > most_pixels) {
    return Error{Errc::too_big,
                 fmt::format("{} x {} pixels, at most {} are done", width, height, most_pixels)};
  }
  const auto bytes = std::size_t(width * height) * channels;
  return Picture{std::uint32_t(width), std::uint32_t(height), std::vector<std::uint8_t>(bytes)};
}

Result<Picture> resized(Picture picture, std::uint32_t width) {
  const auto height = (std::uint64_t(picture.height) * width + picture.width / 2) / picture.width;
  WEFT_TRY(auto out, Picture::create(width, std::max<std::uint64_t>(height, 1)));
  WEFT_TRY(auto narrow, Picture::create(width, picture.height));
  for (std::size_t y = 0; y < picture.height; ++y)
    average(row(picture, y), row(narrow, y));
  for (std::size_t x = 0; x < width; ++x)
    average(column(narrow, x), column(out, x));
  return out;
}

Picture blurred(Picture picture, std::uint32_t radius) {
  std::vector<std::uint8_t> line;
  for (int pass = 0; pass < 3 && radius > 0; ++pass) {
    for (std::size_t y = 0; y < picture.height; ++y)
      blur(row(picture, y), radius, line);
    for (std::size_t x = 0; x < picture.width; ++x)
      blur(column(picture, x), radius, line);
  }
  return picture;
}

Picture equalised(Picture picture) {
  const auto becomes = spread(picture);
  for (std::size_t i = 0; i < picture.rgb.size(); i += channels) {
    const int old = brightness(&picture.rgb[i]);
    const int more = becomes[std::size_t(old)] - old;
    for (std::size_t c = 0; c < channels; ++c)
      picture.rgb[i + c] = std::uint8_t(std::clamp(picture.rgb[i + c] + more, 0, 255));
  }
  return picture;
}

void place(const Picture& picture, Picture& sheet, std::size_t x, std::size_t y) {
  for (std::size_t line = 0; line < picture.height; ++line) {
    const auto* from = picture.rgb.data() + line * picture.width * channels;
    std::copy_n(from, picture.width * channels, sheet.rgb.data() + ((y + line) * sheet.width + x) * channels);
  }
}

}  // namespace weft::images
