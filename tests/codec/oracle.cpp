// msgpack-c as the oracle: what weft writes it reads, what it writes weft reads.
#include <cmath>
#include <sstream>
#include <tuple>

#include <catch2/catch.hpp>
#include <msgpack.hpp>

#include "everything.hpp"

namespace weft::test {
namespace {

template <class T>
struct Box {
  T value{};
  WEFT_MESSAGE("test/Box", value)
};

/// The value as a type that msgpack-c knows, of the same wire form.
template <class T>
T peer_of(const T& value) {
  return value;
}
std::int64_t peer_of(Time value) {
  return value.time_since_epoch().count();
}
std::int64_t peer_of(Duration value) {
  return value.count();
}
std::uint8_t peer_of(Mode value) {
  return static_cast<std::uint8_t>(value);
}
std::int32_t peer_of(Level value) {
  return static_cast<std::int32_t>(value);
}
std::tuple<double, double, double> peer_of(const Vec3& value) {
  return {value.x, value.y, value.z};
}
std::tuple<std::string, std::int32_t> peer_of(const Named& value) {
  return {value.name, value.value};
}
std::vector<unsigned char> peer_of(const Bytes& value) {
  std::vector<unsigned char> peer;
  for (auto each : value)
    peer.push_back(std::to_integer<unsigned char>(each));
  return peer;
}
template <class T>
auto peer_of(const std::vector<T>& value) {
  std::vector<decltype(peer_of(T{}))> peer;
  for (const T& each : value)
    peer.push_back(peer_of(each));
  return peer;
}
template <class T>
auto peer_of(const std::optional<T>& value) {
  return value ? std::optional(peer_of(*value)) : std::nullopt;
}
template <class K, class V>
auto peer_of(const std::map<K, V>& value) {
  std::map<decltype(peer_of(K{})), decltype(peer_of(V{}))> peer;
  for (const auto& [key, mapped] : value)
    peer.emplace(peer_of(key), peer_of(mapped));
  return peer;
}

msgpack::object_handle unpacked(const Bytes& bytes) {
  return msgpack::unpack(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// Both directions for one value of one field type.
template <class T>
void agree(const T& value) {
  auto peer = peer_of(value);
  auto ours = encode(Box<T>{value});
  CHECK(unpacked(ours)->template as<std::tuple<decltype(peer)>>() == std::make_tuple(peer));
  std::stringstream theirs;
  msgpack::pack(theirs, std::make_tuple(peer));
  auto text = theirs.str();
  Box<T> read;
  REQUIRE(decode(as_bytes(text), read));
  CHECK(read.value == value);
  Box<T> again;
  REQUIRE(decode(ours, again));
  CHECK(again.value == value);
}

template <class T>
void agree_on_edges() {
  using Limits = std::numeric_limits<T>;
  for (T value : {Limits::min(), Limits::max(), T{0}, T{1}, T{31}, T{32}, T{127}})
    agree(value);
  for (unsigned bits = 1; bits < sizeof(T) * 8; ++bits) {
    for (int around = -1; around <= 1; ++around) {
      agree(static_cast<T>((std::uint64_t{1} << bits) + std::uint64_t(around)));
      agree(static_cast<T>(std::uint64_t{0} - (std::uint64_t{1} << bits) + std::uint64_t(around)));
    }
  }
}

}  // namespace

TEST_CASE("bool agrees with msgpack-c") {
  agree(true);
  agree(false);
}

TEMPLATE_TEST_CASE("integers agree with msgpack-c at every edge of a form", "", std::int8_t, std::int16_t,
                   std::int32_t, std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t) {
  agree_on_edges<TestType>();
}

TEST_CASE("integers travel in their shortest form") {
  CHECK(encode(Box<std::int64_t>{127}).size() == 1 + 1);
  CHECK(encode(Box<std::int64_t>{128}).size() == 1 + 2);
  CHECK(encode(Box<std::int64_t>{-32}).size() == 1 + 1);
  CHECK(encode(Box<std::int64_t>{-33}).size() == 1 + 2);
  CHECK(encode(Box<std::uint64_t>{1U << 16}).size() == 1 + 5);
}

TEMPLATE_TEST_CASE("floats agree with msgpack-c", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  for (TestType value :
       {TestType(0), TestType(-0.0), TestType(1), TestType(-7), TestType(0.1), Limits::max(),
        Limits::lowest(), Limits::min(), Limits::denorm_min(), Limits::infinity(), -Limits::infinity()}) {
    agree(value);
  }
  Box<TestType> read;
  REQUIRE(decode(encode(Box<TestType>{Limits::quiet_NaN()}), read));
  CHECK(std::isnan(read.value));
  auto theirs = unpacked(encode(Box<TestType>{Limits::quiet_NaN()}))->template as<std::tuple<double>>();
  CHECK(std::isnan(std::get<0>(theirs)));
}

TEST_CASE("a double always travels as float64, a float as float32") {
  CHECK(encode(Box<double>{1})[1] == std::byte{0xcb});
  CHECK(encode(Box<float>{1})[1] == std::byte{0xca});
}

TEST_CASE("strings and bytes agree with msgpack-c at every edge of a form") {
  for (std::size_t size : {0, 1, 31, 32, 255, 256, 65535, 65536}) {
    agree(std::string(size, 's'));
    agree(Bytes(size, std::byte{0xb5}));
  }
}

TEST_CASE("a bytes view writes and reads what owned bytes do") {
  Bytes raw(300, std::byte{3});
  auto bytes = encode(Box<BytesView>{raw});
  CHECK(bytes == encode(Box<Bytes>{raw}));
  Box<BytesView> read;
  REQUIRE(decode(bytes, read));
  CHECK(Bytes(read.value.begin(), read.value.end()) == raw);
}

TEST_CASE("times and durations agree with msgpack-c and always take nine bytes") {
  for (std::int64_t count :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    agree(Time{Duration{count}});
    agree(Duration{count});
    CHECK(encode(Box<Duration>{Duration{count}}).size() == 1 + 9);
  }
}

TEST_CASE("enums agree with msgpack-c") {
  agree(Mode::gone);
  agree(Level::low);
}

TEST_CASE("optionals agree with msgpack-c") {
  agree(std::optional<std::int32_t>{});
  agree(std::optional<std::int32_t>{-5});
  agree(std::optional<Named>{Named{"n", 1}});
}

TEST_CASE("lists agree with msgpack-c at every edge of a form") {
  for (std::size_t size : {0, 1, 15, 16, 65535, 65536}) {
    agree(std::vector<std::uint16_t>(size, 200));
    agree(std::vector<double>(size, 0.5));
  }
  agree(std::vector<bool>{true, false, true});
  agree(std::vector<Named>{{"a", 1}, {"b", 2}});
  agree(std::vector<std::vector<std::string>>{{}, {"x", "y"}});
}

TEST_CASE("arrays agree with msgpack-c") {
  agree(std::array<double, 9>{1, 0.5});
  agree(std::array<std::string, 2>{"a", "b"});
  agree(std::array<std::int16_t, 20>{-5});
  agree(std::array<std::array<float, 3>, 3>{});
}

TEST_CASE("maps agree with msgpack-c at every edge of a form") {
  agree(std::map<std::string, std::int32_t>{});
  agree(std::map<Mode, std::string>{{Mode::gone, "g"}, {Mode::idle, "i"}});
  for (std::int32_t size : {15, 16, 65535, 65536}) {
    std::map<std::int32_t, bool> map;
    for (std::int32_t i = 0; i < size; ++i)
      map.emplace(i * 7 - 1000, i % 2 == 0);
    agree(map);
  }
}

TEST_CASE("a variant is its index and its value to msgpack-c") {
  using Choice = std::variant<std::int32_t, std::string, Vec3>;
  auto read =
      unpacked(encode(Box<Choice>{std::string("two")}))->as<std::tuple<std::tuple<int, std::string>>>();
  CHECK(read == std::make_tuple(std::make_tuple(1, std::string("two"))));
  std::stringstream packed;
  msgpack::pack(packed, std::make_tuple(std::make_tuple(2, std::make_tuple(1.0, 2.0, 3.0))));
  auto text = packed.str();
  Box<Choice> box;
  REQUIRE(decode(as_bytes(text), box));
  CHECK(std::get<Vec3>(box.value) == Vec3{1, 2, 3});
}

TEST_CASE("nested messages agree with msgpack-c") {
  agree(Vec3{1, 0.5, -1e-9});
  agree(Named{"name", -1});
  CHECK(encode(Nothing{}) == Bytes{std::byte{0x90}});
}

TEST_CASE("an integer of any form in range is read") {
  for (auto text :
       {std::string("\x91\x05", 2), std::string("\x91\xcc\x05", 3), std::string("\x91\xcd\x00\x05", 4),
        std::string("\x91\xce\x00\x00\x00\x05", 6), std::string("\x91\xd0\x05", 3),
        std::string("\x91\xd1\x00\x05", 4), std::string("\x91\xd3\x00\x00\x00\x00\x00\x00\x00\x05", 10)}) {
    Box<std::uint8_t> small;
    REQUIRE(decode(as_bytes(text), small));
    CHECK(small.value == 5);
    Box<std::int64_t> large;
    REQUIRE(decode(as_bytes(text), large));
    CHECK(large.value == 5);
    Box<double> real;
    REQUIRE(decode(as_bytes(text), real));
    CHECK(real.value == 5);
  }
}

TEST_CASE("an integer out of range is refused") {
  Box<std::uint8_t> u8;
  CHECK(!decode(encode(Box<std::int32_t>{-1}), u8));
  CHECK(!decode(encode(Box<std::int32_t>{256}), u8));
  Box<std::int8_t> i8;
  CHECK(!decode(encode(Box<std::int32_t>{128}), i8));
  CHECK(!decode(encode(Box<std::int32_t>{-129}), i8));
  Box<std::int64_t> i64;
  CHECK(!decode(encode(Box<std::uint64_t>{~0ULL}), i64));
}

TEST_CASE("a float of the other width is read") {
  Box<double> wide;
  REQUIRE(decode(encode(Box<float>{1.5F}), wide));
  CHECK(wide.value == 1.5);
  Box<float> narrow;
  REQUIRE(decode(encode(Box<double>{0.1}), narrow));
  CHECK(narrow.value == 0.1F);
}

TEST_CASE("a message with every field type comes back as it was, and measures itself exactly") {
  auto message = everything();
  auto bytes = encode(message);
  CHECK(bytes.size() == encoded_size(message));
  CHECK(unpacked(bytes)->via.array.size == 29);
  Everything read;
  REQUIRE(decode(bytes, read));
  CHECK(read == message);
}

}  // namespace weft::test
