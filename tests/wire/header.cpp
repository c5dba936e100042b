#include "wire/header.hpp"

#include <cstring>

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::wire;

namespace {

Header example() {
  return {.kind = Kind::flat,
          .fingerprint = 0x0807060504030201,
          .source = {0x1817161514131211, 0x24232221},
          .sequence = 0x3837363534333231,
          .stamp = Time{Duration{0x4847464544434241}}};
}

Bytes frame_of(const Header& header, std::size_t payload = 3) {
  Bytes frame(header_size(header) + payload, std::byte{0xEE});
  write_header(header, frame);
  return frame;
}

/// The example with some bytes written over.
Result<FrameView> parse_with(std::size_t offset, std::initializer_list<unsigned> values) {
  static Bytes frame;
  frame = frame_of(example(), 64);
  for (const auto value : values)
    frame[offset++] = std::byte(value);
  return parse_frame(frame);
}

std::string refusal(const Result<FrameView>& frame) {
  return frame ? "accepted" : frame.error().message;
}

}  // namespace

TEST_CASE("each field stands at its offset, little-endian") {
  const auto frame = frame_of(example(), 0);
  REQUIRE(frame.size() == 48);
  const auto at = [&](std::size_t offset) { return unsigned(frame[offset]); };
  CHECK(at(0) == 'W');
  CHECK(at(1) == 'F');
  CHECK(at(2) == 1);     // version
  CHECK(at(3) == 2);     // kind
  CHECK(at(4) == 0);     // flags
  CHECK(at(6) == 48);    // header length
  CHECK(at(8) == 0x01);  // fingerprint
  CHECK(at(15) == 0x08);
  CHECK(at(16) == 0x11);  // context
  CHECK(at(24) == 0x21);  // port
  CHECK(at(28) == 0);     // zero
  CHECK(at(32) == 0x31);  // sequence
  CHECK(at(40) == 0x41);  // stamp
  CHECK(at(47) == 0x48);
}

TEST_CASE("a header comes back as it was written, with every combination of extensions") {
  for (const bool remaining : {false, true}) {
    for (const bool trace : {false, true}) {
      for (const auto& [attempt, count] : {std::pair(1u, 1u), {2u, 1u}, {~0u, 2u}, {1u, ~0u}}) {
        auto header = example();
        header.kind = Kind::message;
        if (remaining) header.remaining = Duration{-5};
        if (trace) header.trace.emplace().span_id.fill(std::byte{9});
        header.attempt = attempt;
        header.count = count;
        const auto frame = frame_of(header);
        const auto view = parse_frame(frame).value();
        CHECK(view.header == header);
        CHECK(view.payload.size() == 3);
        CHECK(view.payload.data() == frame.data() + header_size(header));
        CHECK(header_size(header) == 48 + (remaining ? 8u : 0u) + (trace ? 24u : 0u) +
                                         (attempt > 1 ? 8u : 0u) + (count > 1 ? 8u : 0u));
      }
    }
  }
}

TEST_CASE("every kind comes back") {
  for (auto kind = 1; kind <= 7; ++kind) {
    CHECK(parse_with(3, {unsigned(kind)}).value().header.kind == Kind(kind));
  }
}

TEST_CASE("a header out of form is refused with what is wrong") {
  CHECK(refusal(parse_with(0, {'F', 'W'})) ==
        "frame: it does not begin with \"WF\"; is the peer a weft program?");
  CHECK(refusal(parse_with(2, {2})) == "frame: version 1 here, 2 there; update the older program");
  CHECK(parse_with(2, {2}).error().code == Errc::incompatible);
  CHECK(refusal(parse_with(3, {0})) == "frame: unknown kind 0");
  CHECK(refusal(parse_with(3, {10})) == "frame: unknown kind 10");
  CHECK(refusal(parse_with(4, {16})) == "frame: unknown flags 0x10");
  CHECK(refusal(parse_with(5, {0x80})) == "frame: unknown flags 0x8000");
  CHECK(refusal(parse_with(6, {47})) == "frame: header length 47 in a frame of 112 bytes");
  CHECK(refusal(parse_with(6, {56})) == "frame: header length 56 in a frame of 112 bytes");
  CHECK(refusal(parse_with(4, {1})) == "frame: header length 48 in a frame of 112 bytes");
  CHECK(refusal(parse_with(28, {1})) == "frame: reserved bytes 28 to 31 are not zero");
  CHECK(refusal(parse_with(31, {1})) == "frame: reserved bytes 28 to 31 are not zero");
  CHECK(refusal(parse_frame({})) == "frame: 0 bytes are too few for a header");
}

TEST_CASE("extensions that do not fit the frame are refused") {
  auto header = example();
  header.remaining = Duration{1};
  header.trace.emplace();
  auto frame = frame_of(header, 0);
  REQUIRE(parse_frame(frame));
  frame.pop_back();
  CHECK(refusal(parse_frame(frame)) == "frame: header length 80 in a frame of 79 bytes");
}

TEST_CASE("an attempt that cannot be is refused") {
  auto header = example();
  header.attempt = 2;
  for (const auto& [position, value] : {std::pair(48, 0), {48, 1}, {52, 1}}) {
    auto frame = frame_of(header);
    frame[std::size_t(position)] = std::byte(value);
    CHECK(parse_frame(frame).error().code == Errc::malformed);
  }
}

TEST_CASE("a number of messages that cannot be is refused") {
  auto header = example();
  header.kind = Kind::message;
  header.count = 3;
  header.sequence = 3;
  REQUIRE(parse_frame(frame_of(header)));
  for (const auto& [position, value] : {std::pair(48, 0), {48, 1}, {48, 4}, {52, 1}}) {
    auto frame = frame_of(header);
    frame[std::size_t(position)] = std::byte(value);
    CHECK(parse_frame(frame).error().code == Errc::malformed);
  }
  header.kind = Kind::receipt;
  CHECK(parse_frame(frame_of(header)).error().code == Errc::malformed);
}

TEST_CASE("peek reads what transports need, of a malformed frame too") {
  auto frame = frame_of(example());
  frame[0] = std::byte{0};
  const auto seen = peek(frame);
  CHECK(seen.source == example().source);
  CHECK(seen.sequence == example().sequence);
}

TEST_CASE("a frame counts as many messages as it says, and as one if it only says so") {
  auto header = example();
  header.attempt = 9;
  header.count = 300;
  CHECK(count_of(frame_of(header)) == 300);
  auto frame = frame_of(header, 0);
  frame.pop_back();
  CHECK(count_of(frame) == 1);
  header.count = header.attempt = 1;
  frame = frame_of(header);
  frame[4] = std::byte{8};
  CHECK(count_of(frame) == 1);
}
