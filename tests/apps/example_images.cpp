// The image pipeline's arithmetic, its files, good and bad, and what it makes of results that come twice.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include <catch2/catch.hpp>

#include "examples/images/codec.hpp"
#include "examples/images/gallery.hpp"
#include "examples/images/recipe.hpp"
#include "examples/whole_file.hpp"
#include "kit/files.hpp"

namespace weft::images {

namespace {

Picture picture_of(std::uint32_t width, std::uint32_t height, auto&& value) {
  auto out = Picture::create(width, height).value();
  for (std::size_t i = 0; i < out.rgb.size(); ++i)
    out.rgb[i] = std::uint8_t(value(i / 3 % width, i / 3 / width, i % 3));
  return out;
}

Picture plain(std::uint32_t width, std::uint32_t height, int value) {
  return picture_of(width, height, [=](auto...) { return value; });
}

/// A row of greys.
Picture row(const std::vector<int>& values) {
  return picture_of(std::uint32_t(values.size()), 1, [&](auto x, auto, auto) { return values[x]; });
}

Picture colourful(std::uint32_t width, std::uint32_t height) {
  return picture_of(width, height,
                    [](auto x, auto y, auto c) { return (x * 7 + y * 13 * (c + 1) + x * y) % 256; });
}

Bytes small_jpeg() {
  return test::read_bytes(WEFT_SMALL_JPEG);
}

/// What a file claims to be whose header says so many pixels.
Bytes png_that_claims(std::uint32_t width, std::uint32_t height) {
  auto file = encode(plain(1, 1, 0)).value();
  for (std::size_t i = 0; i < 4; ++i) {
    file[16 + i] = std::byte(width >> (24 - 8 * i));
    file[20 + i] = std::byte(height >> (24 - 8 * i));
  }
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 12; i < 29; ++i) {
    crc ^= std::to_integer<std::uint32_t>(file[i]);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ (crc % 2 != 0 ? 0xedb88320 : 0);
  }
  for (std::size_t i = 0; i < 4; ++i)
    file[29 + i] = std::byte(~crc >> (24 - 8 * i));
  return file;
}

std::uint64_t fingerprint_of(const Picture& picture) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto byte : picture.rgb)
    hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

std::string place() {
  return std::getenv("TMPDIR");  // the sandbox's
}

}  // namespace

TEST_CASE("a pixel of a resized picture is the average of the area that it covers") {
  CHECK(resized(row({0, 255}), 1).value() == row({128}));
  CHECK(resized(row({0, 30, 60, 90}), 2).value() == row({15, 75}));
  CHECK(resized(row({0, 90, 60}), 2).value() == row({30, 70}));  // 0 and half of 90; half of 90 and 60
  CHECK(resized(row({10, 20}), 4).value().rgb ==
        picture_of(4, 2, [](auto x, auto, auto) { return x < 2 ? 10 : 20; }).rgb);
}

TEST_CASE("resizing keeps the proportions, what is plain, and a picture that has that width") {
  const auto picture = colourful(40, 30);
  CHECK(resized(picture, 40).value() == picture);
  CHECK(resized(picture, 20).value().height == 15);
  CHECK(resized(plain(1000, 1, 9), 10).value() == plain(10, 1, 9));
  for (const std::uint32_t width : {1U, 7U, 39U, 41U, 100U})
    CHECK(resized(plain(40, 30, 77), width).value() ==
          plain(width, std::max((30 * width + 20) / 40, 1U), 77));
}

TEST_CASE("a picture that would be too large is refused before it is made") {
  CHECK(resized(plain(1, 100'000, 0), 1000).error().code == Errc::too_big);
  CHECK(Picture::create(std::uint64_t(1) << 40, std::uint64_t(1) << 40).error().code == Errc::too_big);
  CHECK(Picture::create(0, 10).error().code == Errc::invalid_argument);
}

TEST_CASE("blurring spreads a point evenly, and leaves alone what is plain") {
  const auto picture = colourful(20, 10);
  CHECK(blurred(picture, 0) == picture);
  CHECK(blurred(plain(20, 10, 200), 30) == plain(20, 10, 200));
  std::vector<int> point(21, 0);
  point[10] = 255;
  const auto spread = blurred(row(point), 2);
  for (std::size_t i = 0; i < 21; ++i)
    CHECK(spread.rgb[i * 3] == spread.rgb[(20 - i) * 3]);
  CHECK(std::ranges::max(spread.rgb) == spread.rgb[30]);
  CHECK(spread.rgb[0] == 0);
}

TEST_CASE("equalising uses the whole range of brightness, and leaves alone what is plain") {
  CHECK(equalised(row({100, 110})) == row({0, 255}));
  CHECK(equalised(row({50, 60, 70, 80, 90, 100})) == row({0, 51, 102, 153, 204, 255}));
  CHECK(equalised(plain(5, 5, 33)) == plain(5, 5, 33));
}

TEST_CASE("what is encoded is decoded again") {
  for (const auto& picture : {colourful(1, 1), colourful(17, 5), colourful(300, 200)})
    CHECK(decode(encode(picture).value()).value() == picture);
}

TEST_CASE("the steps are integers: every machine makes the same of a picture") {
  const auto file = encode(colourful(101, 67)).value();
  const auto made = decode(process(file, {.width = 64, .blur = 2, .equalise = true}).value()).value();
  CHECK(made.width == 64);
  CHECK(made.height == 42);
  CHECK(fingerprint_of(made) == 0xf0ff6ee2d51b960b);
}

TEST_CASE("steps that are out of range are refused") {
  const auto file = encode(colourful(10, 10)).value();
  CHECK(process(file, {.width = 0}).error().code == Errc::invalid_argument);
  CHECK(process(file, {.width = most_width + 1}).error().code == Errc::invalid_argument);
  CHECK(process(file, {.blur = most_blur + 1}).error().code == Errc::invalid_argument);
}

TEST_CASE("a JPEG is read") {
  const auto picture = decode(small_jpeg()).value();
  CHECK(picture.width == 48);
  CHECK(picture.height == 32);
}

TEST_CASE("a file that ends too early is damaged, wherever it ends") {
  for (const auto& file : {encode(colourful(20, 10)).value(), small_jpeg()}) {
    for (std::size_t size = 0; size + 12 < file.size(); ++size) {
      CAPTURE(size, file.size());
      REQUIRE_FALSE(decode(BytesView(file).first(size)).has_value());
    }
  }
}

TEST_CASE("a damaged file is an error or a picture, and nothing else") {
  for (auto file : {encode(colourful(20, 10)).value(), small_jpeg()}) {
    for (auto& byte : file) {
      for (const auto flip : {0x01, 0x80, 0xff}) {
        byte ^= std::byte(flip);
        if (const auto read = decode(file))
          REQUIRE(read->rgb.size() == std::size_t(read->width) * read->height * 3);
        byte ^= std::byte(flip);
      }
    }
  }
}

TEST_CASE("a file of some bytes that claims to be enormous is refused, and a file of another kind") {
  CHECK(decode(png_that_claims(60'000, 60'000)).error().code == Errc::too_big);
  CHECK(decode(png_that_claims(1'000'000, 1'000)).error().code == Errc::too_big);
  CHECK(decode(as_bytes("GIF89a")).error().code == Errc::unsupported);
  CHECK(decode({}).error().code == Errc::unsupported);
}

TEST_CASE("a result that comes twice is told from the first, and changes nothing") {
  const auto folder = place() + "/gallery";
  auto gallery = Gallery::create(folder, {{"in/a.png", "a.png"}, {"in/b.png", "b.png"}}).value();
  const auto first = encode(colourful(30, 20)).value();
  CHECK(gallery.take(0, first).value() == Gallery::Taken::written);
  CHECK(gallery.take(0, encode(plain(3, 3, 0)).value()).value() == Gallery::Taken::duplicate);
  CHECK(gallery.take_failure(0, "late") == Gallery::Taken::duplicate);
  CHECK(gallery.take(2, first).value() == Gallery::Taken::duplicate);  // there is no such image
  CHECK(test::read_bytes(folder + "/a.png") == first);
  CHECK_FALSE(gallery.is_complete());
  CHECK(gallery.take(1, as_bytes("no picture")).value() == Gallery::Taken::failed);
  CHECK(gallery.is_complete());
  CHECK(gallery.duplicates() == 3);
  gallery.finish().value();
  CHECK(decode(test::read_bytes(folder + "/contact-sheet.png")).value().width == 96 + 2 * 8);
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 2);
  std::filesystem::remove_all(folder);
}

TEST_CASE("images are found in the order of their paths, and those of one name get numbers") {
  namespace fs = std::filesystem;
  const auto folder = place() + "/found";
  for (const auto* name :
       {"a/x.png", "a/x.jpg", "b/x.PNG", "b/contact-sheet.jpeg", "b/note.txt", "out/x.png"}) {
    fs::create_directories(fs::path(folder) / fs::path(name).parent_path());
    test::write_bytes(folder + "/" + name, {});
  }
  std::vector<std::string> outputs;
  const auto found = find_images({folder, folder + "/a"}, folder + "/out").value();
  for (const auto& source : found)
    outputs.push_back(source.output);
  CHECK(outputs == std::vector<std::string>{"x.png", "x-2.png", "contact-sheet-2.png", "x-3.png"});
  CHECK(find_images({folder + "/out/none"}, "").error().code == Errc::not_found);
  fs::remove_all(folder);
}

TEST_CASE("a file that replaces another is whole, and leaves nothing beside it") {
  const auto path = place() + "/whole";
  for (const auto* text : {"first", "second, and longer"}) {
    examples::write_whole(path, as_bytes(text), examples::Lasting::for_good).value();
    CHECK(as_text(examples::read_whole(path, 100).value()) == text);
  }
  CHECK(examples::read_whole(path, 3).error().code == Errc::too_big);
  CHECK(examples::read_whole(place(), 100).error().code == Errc::invalid_argument);
  std::filesystem::remove(path);
  CHECK(examples::read_whole(path, 3).error().code == Errc::not_found);
  CHECK(std::filesystem::is_empty(place()));
  CHECK_FALSE(examples::write_whole(place() + "/none/file", {}, examples::Lasting::until_reboot).has_value());
}

}  // namespace weft::images
