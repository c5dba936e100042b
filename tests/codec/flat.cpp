#include "codec/flat.hpp"

#include <catch2/catch.hpp>

#include "everything.hpp"

namespace weft::test {
namespace {

struct Pose {
  Time stamp;
  Vec3 at;
  std::array<float, 4> rotation{};
  std::uint32_t sequence = 0;
  std::int32_t id = 0;
  WEFT_MESSAGE("test/Pose", stamp, at, rotation, sequence, id)
  friend bool operator==(const Pose&, const Pose&) = default;
};

Pose pose() {
  return {Time{Duration{5}}, {1, 2, 3}, {1, 0, 0, 0}, 9, -9};
}

}  // namespace

TEST_CASE("a flat message's encoding is its memory") {
  STATIC_REQUIRE(Flat<Pose>);
  STATIC_REQUIRE(flat::size<Pose> == 56);
  Bytes bytes(flat::size<Pose>);
  flat::encode(pose(), bytes);
  auto view = flat::view<Pose>(bytes);
  REQUIRE(view);
  CHECK(static_cast<const void*>(*view) == bytes.data());
  CHECK(**view == pose());
}

// The same schema in another memory: only the listing order travels.
namespace swapped {
struct Pose {
  std::int32_t id = 0;
  std::uint32_t sequence = 0;
  std::array<float, 4> rotation{};
  Vec3 at;
  Time stamp;
  WEFT_MESSAGE("test/Pose", stamp, at, rotation, sequence, id)
};
}  // namespace swapped

TEST_CASE("a flat message is unpacked into a type of its schema whose memory differs") {
  STATIC_REQUIRE_FALSE(Flat<swapped::Pose>);
  STATIC_REQUIRE(flat::packed_bytes<swapped::Pose>() == flat::size<Pose>);
  STATIC_REQUIRE(flat::packed_bytes<Everything>() == 0);
  Bytes bytes(flat::size<Pose>);
  flat::encode(pose(), bytes);
  swapped::Pose read;
  REQUIRE(flat::unpack(bytes, read));
  CHECK(read.stamp == pose().stamp);
  CHECK(read.at == pose().at);
  CHECK(read.rotation == pose().rotation);
  CHECK(read.sequence == 9);
  CHECK(read.id == -9);
  bytes.pop_back();
  CHECK(flat::unpack(bytes, read).error().code == Errc::malformed);
}

TEST_CASE("a flat message is copied from bytes of any alignment") {
  Bytes bytes(flat::size<Pose> + 1);
  flat::encode(pose(), std::span(bytes).subspan(1));
  Pose read;
  REQUIRE(flat::decode(BytesView(bytes).subspan(1), read));
  CHECK(read == pose());
  auto view = flat::view<Pose>(BytesView(bytes).subspan(1));
  REQUIRE(!view);
  CHECK(view.error().message == "view test/Pose: the bytes are not aligned for it");
}

TEST_CASE("bytes of another size are no flat message") {
  Bytes bytes(flat::size<Pose> + 8);
  for (std::size_t size : {std::size_t{0}, flat::size<Pose> - 1, flat::size<Pose> + 1}) {
    Pose read;
    CHECK(!flat::decode(BytesView(bytes).first(size), read));
    CHECK(!flat::view<Pose>(BytesView(bytes).first(size)));
  }
  Pose read;
  CHECK(flat::decode(BytesView(bytes).first(3), read).error().message ==
        "view test/Pose: 3 bytes, not the 56 of its memory");
}

TEST_CASE("encoding a flat message into too little writes nothing") {
  Bytes bytes(flat::size<Pose> - 1, std::byte{7});
  flat::encode(pose(), bytes);
  CHECK(bytes == Bytes(flat::size<Pose> - 1, std::byte{7}));
}

}  // namespace weft::test
