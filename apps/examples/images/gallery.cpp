#include "examples/images/gallery.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/foreign_text.hpp"
#include "examples/images/codec.hpp"
#include "examples/whole_file.hpp"

namespace weft::images {

namespace {

using examples::Lasting;

constexpr std::uint32_t tile = 96;
constexpr std::uint32_t gap = 8;
constexpr std::size_t most_tiles = 2'500;

/// As wide as the tile, or, if it is a tall one, as high.
Result<Picture> tile_of(Picture picture) {
  const auto tall = picture.height > picture.width;
  const auto width =
      tall ? std::max<std::uint64_t>(std::uint64_t(tile) * picture.width / picture.height, 1) : tile;
  WEFT_TRY(auto small, resized(std::move(picture), std::uint32_t(width)));
  if (small.height <= tile) return small;
  small.height = tile;  // one that is some hundred times as high as wide
  small.rgb.resize(std::size_t(small.width) * tile * 3);
  return small;
}

}  // namespace

Result<Gallery> Gallery::create(std::string folder, std::vector<Source> sources) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return sys_error(failed.value(), "make the folder", shown(folder));
  return Gallery(std::move(folder), std::move(sources));
}

bool Gallery::is_new(std::uint32_t number) {
  if (number < entries_.size() && !entries_[number].settled) return true;
  ++duplicates_;
  return false;
}

// What another process made is looked at before it becomes a file: that it is a picture.
Result<Gallery::Taken> Gallery::take(std::uint32_t number, BytesView png) {
  if (!is_new(number)) return Taken::duplicate;
  auto picture = decode(png);
  if (!picture) return take_failure(number, "its worker answered no picture: " + picture.error().message);
  WEFT_TRY(auto small, tile_of(*std::move(picture)));
  WEFT_CHECK(examples::write_whole(path_of(sources_[number].output), png, Lasting::until_reboot));
  entries_[number] = {.settled = true};
  if (number < most_tiles) entries_[number].tile = std::move(small);
  ++written_;
  return Taken::written;
}

Gallery::Taken Gallery::take_failure(std::uint32_t number, const std::string& why) {
  if (!is_new(number)) return Taken::duplicate;
  entries_[number] = {.settled = true, .why = why};
  ++failed_;
  return Taken::failed;
}

Result<void> Gallery::finish() {
  std::vector<const Picture*> tiles;
  for (const auto& entry : entries_)
    if (entry.tile.width != 0) tiles.push_back(&entry.tile);
  if (tiles.empty()) return {};
  std::size_t columns = 1;
  while (columns * columns < tiles.size())
    ++columns;
  const auto rows = (tiles.size() + columns - 1) / columns;
  WEFT_TRY(auto sheet, Picture::create(columns * (tile + gap) + gap, rows * (tile + gap) + gap));
  std::ranges::fill(sheet.rgb, std::uint8_t(255));
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const auto x = gap + i % columns * (tile + gap) + (tile - tiles[i]->width) / 2;
    const auto y = gap + i / columns * (tile + gap) + (tile - tiles[i]->height) / 2;
    place(*tiles[i], sheet, x, y);
  }
  WEFT_TRY(const auto png, encode(sheet));
  return examples::write_whole(path_of(contact_sheet_name), png, Lasting::until_reboot);
}

}  // namespace weft::images
