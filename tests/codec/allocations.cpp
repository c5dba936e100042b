#include "allocations.hpp"

#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include "codec/flat.hpp"
#include "everything.hpp"

namespace {

thread_local weft::test::Allocated counter;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++counter.count;
  counter.bytes += size;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++counter.count;
  counter.bytes += size;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace weft::test {

Allocated allocated() {
  return counter;
}

namespace {

struct Picture {
  std::uint32_t width = 0;
  BytesView pixels;
  WEFT_MESSAGE("test/Picture", width, pixels)
};

struct Reused {
  std::string frame;
  std::vector<double> reals;
  std::vector<Named> names;
  Bytes bytes;
  std::optional<std::string> maybe;
  std::variant<int, std::string> choice;
  WEFT_MESSAGE("test/Reused", frame, reals, names, bytes, maybe, choice)
};

}  // namespace

TEST_CASE("the counter sees allocations") {
  CHECK(allocated_by([] { Bytes bytes(100); }).bytes >= 100);
}

TEST_CASE("measuring and encoding never allocate") {
  auto message = everything();
  Bytes out(encoded_size(message));
  CHECK(allocated_by([&] {
          if (encoded_size(message) == out.size()) encode(message, out);
        }).count == 0);
}

TEST_CASE("decoding fixed-size fields does not allocate") {
  auto bytes = encode(Vec3{1, 2, 3});
  Vec3 read;
  bool good = false;
  CHECK(allocated_by([&] { good = decode(bytes, read).has_value(); }).count == 0);
  CHECK(good);
}

TEST_CASE("decoding again into the same object uses its capacity again") {
  Reused message{std::string(100, 'f'), {1, 2, 3},           {{std::string(50, 'n'), 1}}, Bytes(70),
                 std::string(60, 'm'),  std::string(80, 'c')};
  auto bytes = encode(message);
  Reused read;
  REQUIRE(decode(bytes, read));
  bool good = false;
  CHECK(allocated_by([&] { good = decode(bytes, read).has_value(); }).count == 0);
  CHECK(good);
}

TEST_CASE("a view borrows the bytes that it was decoded from") {
  Bytes pixels(1 << 20, std::byte{9});
  auto bytes = encode(Picture{640, pixels});
  Picture read;
  bool good = false;
  CHECK(allocated_by([&] { good = decode(bytes, read).has_value(); }).count == 0);
  REQUIRE(good);
  CHECK(read.pixels.size() == pixels.size());
  CHECK(read.pixels.data() + read.pixels.size() == bytes.data() + bytes.size());
}

TEST_CASE("a flat message is viewed and copied without allocating") {
  Bytes bytes(flat::size<Vec3>);
  bool good = false;
  CHECK(allocated_by([&] {
          flat::encode(Vec3{1, 2, 3}, bytes);
          auto view = flat::view<Vec3>(bytes);
          good = view && (*view)->y == 2;
        }).count == 0);
  CHECK(good);
}

}  // namespace weft::test
