// test/Everything as another program knows it, so that reading it takes a plan; and a message that borrows.
#pragma once

#include "../codec/everything.hpp"

namespace weft::fuzz {

enum class OtherMode : std::uint8_t { idle, busy, lost = 7, gone = 200 };
WEFT_ENUM(OtherMode, "test/Mode", idle, busy, lost, gone)

struct OtherNamed {
  std::int16_t value = 0;
  std::vector<std::string> comments;
  std::string name;
  WEFT_MESSAGE("test/Named", value, comments, name)
};

struct OtherVersion {
  std::uint8_t u16 = 0;
  std::string text;
  std::map<std::string, std::vector<double>> unknown;
  OtherMode mode = OtherMode::idle;
  OtherNamed maybe;
  float f64 = 0;
  std::vector<OtherNamed> names;
  std::map<OtherMode, bool> modes;
  std::variant<std::string, test::Vec3, std::int32_t, bool> choice;
  bool flag = false;
  WEFT_MESSAGE("test/Everything", u16, text, unknown, mode, maybe, f64, names, modes, choice, flag)
};

struct Borrowing {
  BytesView bytes;
  WEFT_MESSAGE("test/Borrowing", bytes)
};

/// weft/PortDown of another version.
struct OtherPortDown {
  std::string unknown;
  std::uint8_t port = 0;
  WEFT_MESSAGE("weft/PortDown", unknown, port)
};

}  // namespace weft::fuzz
