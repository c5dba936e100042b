#include "codec/json_text.hpp"

#include <limits>
#include <random>
#include <string>

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::codec;

namespace {

constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
constexpr auto highest = std::numeric_limits<std::int64_t>::max();

Time at(std::int64_t nanoseconds) {
  return Time{Duration{nanoseconds}};
}

}  // namespace

TEST_CASE("a time is ISO 8601 with nanoseconds") {
  CHECK(time_text(at(0)) == "1970-01-01T00:00:00.000000000Z");
  CHECK(time_text(at(-1)) == "1969-12-31T23:59:59.999999999Z");
  CHECK(time_text(at(1'767'323'045'678'901'234)) == "2026-01-02T03:04:05.678901234Z");
  CHECK(time_text(at(lowest)) == "1677-09-21T00:12:43.145224192Z");
  CHECK(time_text(at(highest)) == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("a time may be read with fewer decimals, or none") {
  CHECK(parse_time("2026-01-02T03:04:05Z") == at(1'767'323'045'000'000'000));
  CHECK(parse_time("2026-01-02T03:04:05.5Z") == at(1'767'323'045'500'000'000));
}

TEST_CASE("a time out of form or range is refused") {
  for (const auto* text :
       {"", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:60Z",
        "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05.-1Z",
        "+026-01-02T03:04:05Z", "2263-01-01T00:00:00Z", "1677-09-21T00:12:43.145224191Z",
        "2262-04-11T23:47:16.854775808Z", "0000-01-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK(!parse_time(text));
  }
}

TEST_CASE("a duration is seconds with the decimals that it needs") {
  CHECK(duration_text(Duration{0}) == "0s");
  CHECK(duration_text(Duration{1'500'000'000}) == "1.5s");
  CHECK(duration_text(Duration{-1}) == "-0.000000001s");
  CHECK(duration_text(Duration{100'000'000'000}) == "100s");
  CHECK(duration_text(Duration{lowest}) == "-9223372036.854775808s");
}

TEST_CASE("a duration is read in any of its units") {
  CHECK(parse_duration("3ns") == Duration{3});
  CHECK(parse_duration("10us") == Duration{10'000});
  CHECK(parse_duration("-2.5ms") == Duration{-2'500'000});
  CHECK(parse_duration("2min") == Duration{120'000'000'000});
  CHECK(parse_duration("1.5h") == Duration{5'400'000'000'000});
}

TEST_CASE("a duration out of form or range is refused") {
  for (const auto* text :
       {"", "s", "1", "1.s", ".5s", "1.5ns", "1.2345us", "1.0000000001s", "--1s", "+1s", "1 s", "1e3s",
        "9223372036.854775808s", "-9223372036.854775809s", "99999999999999999999s", "2562048h"}) {
    CAPTURE(text);
    CHECK(!parse_duration(text));
  }
}

TEST_CASE("every time and duration comes back from its text") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    auto count = static_cast<std::int64_t>(random() >> (i % 64));
    for (auto value : {count, -count, lowest + (count & 0xffffffff), highest - (count & 0xffffffff)}) {
      REQUIRE(parse_time(time_text(at(value))) == at(value));
      REQUIRE(parse_duration(duration_text(Duration{value})) == Duration{value});
    }
  }
}

TEST_CASE("base64 is that of RFC 4648") {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (auto [plain, text] : examples) {
    CHECK(base64_text(as_bytes(plain)) == text);
    auto bytes = parse_base64(text);
    REQUIRE(bytes);
    CHECK(as_text(*bytes) == plain);
  }
}

TEST_CASE("base64 that nobody would write is refused") {
  for (const auto* text :
       {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zg==Zg==", "Zm-_"}) {
    CAPTURE(text);
    CHECK(!parse_base64(text));
  }
}
