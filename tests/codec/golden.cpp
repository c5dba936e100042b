// How each type of field stands in MessagePack is frozen: golden files, and what becomes of damaged ones.
#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include "codec/dynamic.hpp"
#include "golden_fields.hpp"
#include "kit/files.hpp"

namespace weft::test {

namespace {

const std::string folder = std::string(WEFT_GOLDEN) + "/field";

template <class T>
bool same(const T& one, const T& other) {
  return one == other;
}
bool same(BytesView one, BytesView other) {
  return std::ranges::equal(one, other);
}

/// Calls visit(the field's golden bytes, its message).
template <class Visit>
void each_golden_file(Visit visit) {
  each_golden_field([&](std::string_view name, const auto& message) {
    INFO(name);
    visit(read_bytes(golden_field_path(folder, name)), message);
  });
}

/// Any bytes are an error or a value; and a value goes the round, typed and as JSON.
template <class T>
void check_total(const Bytes& bytes) {
  T message;
  if (const auto read = decode(bytes, message); read) {
    const auto again = encode(message);
    T copy;
    REQUIRE(decode(again, copy));
    REQUIRE(encode(copy) == again);
  } else {
    REQUIRE((read.error().code == Errc::malformed || read.error().code == Errc::incompatible));
  }
  if (const auto json = to_json(Schema::of<T>(), bytes); json) {
    REQUIRE(decode(bytes, message));
    REQUIRE_FALSE(json->dump().empty());
  }
}

}  // namespace

TEST_CASE("fields are written today as they were frozen") {
  each_golden_file([]<class T>(const Bytes& golden, const T& message) { CHECK(encode(message) == golden); });
}

TEST_CASE("fields are read today as they were frozen") {
  each_golden_file([]<class T>(const Bytes& golden, const T& message) {
    T read;
    REQUIRE(decode(golden, read));
    CHECK(same(read.value, message.value));
  });
}

TEST_CASE("fields go through JSON as they were frozen") {
  each_golden_file([]<class T>(const Bytes& golden, const T& /*message*/) {
    const auto schema = Schema::of<T>();
    CHECK(from_json(schema, to_json(schema, golden).value()).value() == golden);
  });
}

TEST_CASE("every golden file belongs to a field") {
  std::ptrdiff_t fields = 0;
  each_golden_field([&](std::string_view /*name*/, const auto& /*message*/) { ++fields; });
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == fields);
}

TEST_CASE("a field that was cut short is malformed") {
  each_golden_file([]<class T>(const Bytes& golden, const T& /*message*/) {
    for (std::size_t length = 0; length < golden.size(); ++length) {
      const Bytes cut(golden.begin(),
                      golden.begin() + std::ptrdiff_t(length));  // for the sanitizer
      T read;
      const auto result = decode(cut, read);
      REQUIRE_FALSE(result);
      REQUIRE(result.error().code == Errc::malformed);
      REQUIRE_FALSE(to_json(Schema::of<T>(), cut));
    }
  });
}

TEST_CASE("a field with any one bit flipped is refused or is a value") {
  each_golden_file([]<class T>(const Bytes& golden, const T& /*message*/) {
    for (std::size_t bit = 0; bit < golden.size() * 8; ++bit) {
      auto damaged = golden;
      damaged[bit / 8] ^= std::byte(1 << bit % 8);
      check_total<T>(damaged);
    }
  });
}

}  // namespace weft::test
