// The frame's form is frozen: golden files, and what becomes of damaged ones.
#include <filesystem>

#include <catch2/catch.hpp>

#include "golden_frames.hpp"
#include "kit/files.hpp"

namespace weft::test {

namespace {

std::string path_of(const std::string& name) {
  return std::string(WEFT_GOLDEN) + "/frame/" + name + ".bin";
}

/// Reads the payload as what the header says it is; any bytes give a value or an error.
bool decodes(const wire::FrameView& frame) {
  switch (frame.header.kind) {
    case wire::Kind::message: {
      Reading reading;
      if (frame.header.count == 1) return decode(frame.payload, reading).has_value();
      auto rest = frame.payload;
      std::uint32_t messages = 0;
      for (auto message = wire::take_message(rest); message; message = wire::take_message(rest))
        messages += decode(*message, reading).has_value() ? 1 : 0;
      return messages == frame.header.count && rest.empty();
    }
    case wire::Kind::announcement: {
      wire::Announcement announcement;
      return decode_growing(frame.payload, announcement).has_value();
    }
    case wire::Kind::error: {
      wire::RemoteError error;
      return decode_growing(frame.payload, error).has_value();
    }
    case wire::Kind::receipt: {
      wire::Receipt receipt;
      return decode_growing(frame.payload, receipt).has_value();
    }
    default:
      return true;
  }
}

/// A frame that parses is the one way to write its header: no two byte strings mean the same.
void check_is_canonical(BytesView bytes, const wire::FrameView& frame) {
  Bytes again(wire::header_size(frame.header));
  wire::write_header(frame.header, again);
  REQUIRE(again.size() + frame.payload.size() == bytes.size());
  REQUIRE(std::ranges::equal(again, bytes.first(again.size())));
}

bool is_refusal(Errc code) {
  return code == Errc::malformed || code == Errc::incompatible;
}

}  // namespace

TEST_CASE("frames are written today as they were frozen") {
  for (const auto& golden : golden_frames()) {
    INFO(golden.name);
    CHECK(read_bytes(path_of(golden.name)) == golden_bytes(golden));
  }
}

TEST_CASE("frames are read today as they were frozen") {
  for (const auto& golden : golden_frames()) {
    INFO(golden.name);
    const auto bytes = read_bytes(path_of(golden.name));
    const auto frame = wire::parse_frame(bytes).value();
    CHECK(frame.header == golden.header);
    CHECK(std::ranges::equal(frame.payload, golden.payload));
    CHECK(decodes(frame));
  }
}

TEST_CASE("every golden file belongs to a frame") {
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(std::string(WEFT_GOLDEN) + "/frame")) {
    ++files;
  }
  CHECK(files == golden_frames().size());
}

TEST_CASE("a frame that was cut short is malformed, in its header or in its payload") {
  for (const auto& golden : golden_frames()) {
    INFO(golden.name);
    const auto whole = golden_bytes(golden);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Bytes cut(whole.begin(),
                      whole.begin() + std::ptrdiff_t(length));  // its own memory, for the sanitizer
      const auto frame = wire::parse_frame(cut);
      if (length < wire::header_size(golden.header)) {
        REQUIRE_FALSE(frame);
        REQUIRE(frame.error().code == Errc::malformed);
      } else {
        REQUIRE(frame);
        const auto kind = golden.header.kind;
        const bool encoded =  // a bundle: see bundle.cpp
            kind != wire::Kind::schema && kind != wire::Kind::flat && kind != wire::Kind::bundle;
        REQUIRE(decodes(*frame) == !encoded);
      }
    }
  }
}

TEST_CASE("a frame with any one bit flipped is refused or means something else") {
  for (const auto& golden : golden_frames()) {
    INFO(golden.name);
    const auto whole = golden_bytes(golden);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      auto damaged = whole;
      damaged[bit / 8] ^= std::byte(1 << bit % 8);
      const auto frame = wire::parse_frame(damaged);
      if (frame) {
        check_is_canonical(damaged, *frame);
        decodes(*frame);
      } else {
        REQUIRE(is_refusal(frame.error().code));
      }
    }
  }
}

}  // namespace weft::test
