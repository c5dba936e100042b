// Bytes from other processes are hostile: every input ends in a value or an error, and takes memory in
// proportion.
#include <random>

#include <catch2/catch.hpp>

#include "allocations.hpp"
#include "codec/dynamic.hpp"
#include "everything.hpp"

namespace weft::test {
namespace {

template <class T>
struct Box {
  T value{};
  WEFT_MESSAGE("test/Box", value)
};

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (int value : values)
    bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

template <class T>
std::string error_of(const Bytes& bytes) {
  T message{};
  auto result = decode(bytes, message);
  return result ? "decoded" : result.error().message;
}

/// A value that was decoded from anything must itself go the round.
void require_sound(BytesView bytes, Everything& message) {
  if (!decode(bytes, message)) return;
  auto again = encode(message);
  Everything copy;
  REQUIRE(decode(again, copy));
  REQUIRE(encode(copy) == again);
}

/// The bounds that a frame of this size may cost, whatever it claims.
void require_frugal(const Bytes& bytes) {
  Everything message;
  auto used = allocated_by([&] { static_cast<void>(decode(bytes, message).has_value()); });
  REQUIRE(used.bytes < 4096 + 200 * bytes.size());
}

}  // namespace

TEST_CASE("a message cut short anywhere is malformed") {
  auto bytes = encode(everything());
  auto schema = Schema::of<Everything>();
  Everything message;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Bytes part(bytes.begin(), bytes.begin() + std::ptrdiff_t(size));
    auto result = decode(part, message);
    REQUIRE(!result);
    REQUIRE(result.error().code == Errc::malformed);
    REQUIRE(!to_json(schema, part));
  }
}

TEST_CASE("a flipped bit gives a sound value or an error") {
  auto bytes = encode(everything());
  auto schema = Schema::of<Everything>();
  Everything message;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    require_sound(damaged, message);
    require_frugal(damaged);
    auto json = to_json(schema, damaged);
    if (json) REQUIRE(!json->dump().empty());
  }
}

TEST_CASE("bytes replaced at random give a sound value or an error") {
  std::mt19937 random(7);
  auto bytes = encode(everything());
  Everything message;
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = bytes;
    for (int i = 0; i < 4; ++i)
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    require_sound(damaged, message);
    require_frugal(damaged);
  }
}

TEST_CASE("trailing bytes are malformed") {
  auto bytes = encode(Vec3{1, 2, 3});
  bytes.push_back(std::byte{0});
  CHECK(error_of<Vec3>(bytes) == "decode test/Vec3: trailing bytes at byte 28 of 29");
}

TEST_CASE("an error names the field, the position, what was expected and what stood there") {
  CHECK(error_of<Vec3>(bytes_of({0x93, 0x01, 0xa1, 'x', 0x03})) ==
        "decode test/Vec3: y: expected f64, found string at byte 2 of 5");
  CHECK(error_of<Box<std::vector<Named>>>(bytes_of({0x91, 0x91, 0x92, 0xa1, 'n', 0xc0})) ==
        "decode test/Box: value[].value: expected i32, found nil at byte 5 of 6");
  CHECK(error_of<Vec3>(bytes_of({0x92, 0x01, 0x02})) ==
        "decode test/Vec3: an array of another length than the schema's at byte 0 of 3");
  CHECK(error_of<Vec3>(bytes_of({0x80})) == "decode test/Vec3: expected array, found map at byte 0 of 1");
  CHECK(error_of<Box<std::uint8_t>>(bytes_of({0x91, 0xcd, 0x01, 0x00})) ==
        "decode test/Box: value: an integer out of the field's range at byte 1 of 4");
}

TEST_CASE("an unknown enumerator or alternative is incompatible, not malformed") {
  Box<Mode> mode;
  auto result = decode(bytes_of({0x91, 0x07}), mode);
  REQUIRE(!result);
  CHECK(result.error().code == Errc::incompatible);
  Box<std::variant<int, std::string>> choice;
  result = decode(bytes_of({0x91, 0x92, 0x02, 0x00}), choice);
  REQUIRE(!result);
  CHECK(result.error().code == Errc::incompatible);
  CHECK(result.error().message ==
        "decode test/Box: value: a variant's alternative that is unknown here at byte 2 of 4");
}

TEST_CASE("a count that the bytes cannot hold is refused before anything is allocated") {
  for (const auto& bytes : {bytes_of({0x91, 0xdd, 0xff, 0xff, 0xff, 0xff}),
                            bytes_of({0x91, 0xdc, 0xff, 0xff}), bytes_of({0x91, 0x9f})}) {
    Box<std::vector<std::string>> list;
    bool good = true;
    auto used = allocated_by([&] { good = decode(bytes, list).has_value(); });
    CHECK(!good);
    CHECK(used.bytes < 4096);
  }
  CHECK(error_of<Box<std::map<int, int>>>(bytes_of({0x91, 0xdf, 0xff, 0xff, 0xff, 0xff}))
            .find("beyond the end") != std::string::npos);
  CHECK(error_of<Box<std::string>>(bytes_of({0x91, 0xdb, 0xff, 0xff, 0xff, 0xff})).find("cut short") !=
        std::string::npos);
  CHECK(error_of<Box<Bytes>>(bytes_of({0x91, 0xc6, 0xff, 0xff, 0xff, 0xff})).find("cut short") !=
        std::string::npos);
}

TEST_CASE("JSON of a message with claimed counts takes memory in proportion to its bytes") {
  auto schema = *Schema::parse("a/B{x:list<list<list<list<u8>>>>}");
  auto claims = bytes_of({0x91, 0xdc, 0xff, 0xff, 0xdc, 0xff, 0xff, 0xdc, 0xff, 0xff, 0xdc, 0xff, 0xff});
  auto used = allocated_by([&] { CHECK(!to_json(schema, claims)); });
  CHECK(used.bytes < 64 * 1024);
}

TEST_CASE("nesting beyond the schema's is refused without recursion") {
  auto schema = *Schema::parse("a/B{x:list<u8>}");
  Bytes deep(1 << 20, std::byte{0x91});
  CHECK(!to_json(schema, deep));
  deep.back() = std::byte{0x05};
  CHECK(!to_json(schema, deep));
  Box<std::vector<int>> box;
  CHECK(!decode(deep, box));
}

TEST_CASE("the same map key twice is malformed") {
  auto bytes = bytes_of({0x91, 0x82, 0x01, 0xc2, 0x01, 0xc3});
  CHECK(error_of<Box<std::map<int, bool>>>(bytes) ==
        "decode test/Box: value: the same key twice at byte 5 of 6");
  CHECK(!to_json(*Schema::parse("test/Box{value:map<i32,bool>}"), bytes));
}

TEST_CASE("encoding into too little writes only inside") {
  auto message = everything();
  auto whole = encode(message);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Bytes out(size + 16, std::byte{0x5a});
    encode(message, std::span(out).first(size));
    for (std::size_t i = size; i < out.size(); ++i)
      REQUIRE(out[i] == std::byte{0x5a});
  }
}

TEST_CASE("an unknown item of any kind is passed over") {
  for (const auto& item :
       {bytes_of({0x00}), bytes_of({0xe0}), bytes_of({0xc0}), bytes_of({0xca, 1, 2, 3, 4}),
        bytes_of({0xa1, 'x'}), bytes_of({0xd9, 1, 'x'}), bytes_of({0xc4, 1, 9}),
        bytes_of({0x92, 0x01, 0x91, 0x02}), bytes_of({0x81, 1, 2}), bytes_of({0xde, 0, 1, 1, 0xc0}),
        bytes_of({0xdc, 0, 1, 1}), bytes_of({0xd4, 1, 2}), bytes_of({0xc7, 1, 1, 2}),
        bytes_of({0xd8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
        bytes_of({0xcf, 1, 2, 3, 4, 5, 6, 7, 8})}) {
    codec::Reader reader(item);
    CHECK(reader.skip_item());
    CHECK(reader.left() == 0);
    codec::Reader cut(BytesView(item).first(item.size() - 1));
    CHECK(!cut.skip_item());
  }
  auto unused = bytes_of({0xc1});
  codec::Reader reader(unused);
  CHECK(!reader.skip_item());
}

}  // namespace weft::test
