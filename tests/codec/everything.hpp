// A message with every field type, and values at the edges; shared by the tests of the codec.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/msgpack.hpp"

namespace weft::test {

enum class Mode : std::uint8_t { idle, busy, gone = 200 };
WEFT_ENUM(Mode, "test/Mode", idle, busy, gone)

enum class Level : std::int32_t { low = -70'000, zero = 0, high = 70'000 };
WEFT_ENUM(Level, "test/Level", low, zero, high)

struct Vec3 {
  double x = 0, y = 0, z = 0;
  WEFT_MESSAGE("test/Vec3", x, y, z)
  friend bool operator==(const Vec3&, const Vec3&) = default;
};

struct Nothing {
  WEFT_MESSAGE("test/Nothing")
  friend bool operator==(const Nothing&, const Nothing&) = default;
};

struct Named {
  std::string name;
  std::int32_t value = 0;
  WEFT_MESSAGE("test/Named", name, value)
  friend bool operator==(const Named&, const Named&) = default;
};

struct Everything {
  bool flag = false;
  std::int8_t i8 = 0;
  std::int16_t i16 = 0;
  std::int32_t i32 = 0;
  std::int64_t i64 = 0;
  std::uint8_t u8 = 0;
  std::uint16_t u16 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  std::string text;
  Bytes bytes;
  Mode mode = Mode::idle;
  Level level = Level::zero;
  Time time;
  Duration duration{};
  std::optional<Named> maybe;
  std::vector<bool> flags;
  std::vector<double> reals;
  std::vector<Named> names;
  std::array<double, 9> covariance{};
  std::array<std::string, 2> pair;
  std::map<std::string, Vec3> frames;
  std::map<std::int16_t, std::string> codes;
  std::map<Mode, bool> modes;
  std::variant<std::int32_t, Vec3, std::string, std::vector<Named>> choice;
  Vec3 at;
  Nothing nothing;
  WEFT_MESSAGE("test/Everything", flag, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, text, bytes, mode,
               level, time, duration, maybe, flags, reals, names, covariance, pair, frames, codes, modes,
               choice, at, nothing)
  friend bool operator==(const Everything&, const Everything&) = default;
};

inline Everything everything() {
  Everything e{.flag = true,
               .i8 = -128,
               .i16 = -300,
               .i32 = 70'000,
               .i64 = std::numeric_limits<std::int64_t>::min(),
               .u8 = 255,
               .u16 = 300,
               .u32 = 70'000,
               .u64 = std::numeric_limits<std::uint64_t>::max(),
               .f32 = 1.5F,
               .f64 = 0.1,
               .text = "gr\xc3\xbc\xc3\x9f",
               .bytes = {std::byte{0}, std::byte{255}},
               .mode = Mode::gone,
               .level = Level::low,
               .time = Time{Duration{1'767'225'600'123'456'789}},
               .duration = Duration{-1},
               .maybe = Named{"m", -33}};
  e.flags = {true, false, true};
  e.reals = {1.0, -0.0, 1e300};
  e.names = {{"a", 1}, {std::string(40, 'b'), -2}};
  e.covariance = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  e.pair = {"left", "right"};
  e.frames = {{"base", {1, 2, 3}}, {"tool", {4, 5, 6}}};
  e.codes = {{-5, "minus five"}, {500, "five hundred"}};
  e.modes = {{Mode::idle, false}, {Mode::gone, true}};
  e.choice = std::vector<Named>{{"c", 3}};
  e.at = {7, 8, 9};
  return e;
}

}  // namespace weft::test
