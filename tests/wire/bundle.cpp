#include "wire/bundle.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <catch2/catch.hpp>

#include "golden_frames.hpp"

using namespace weft;
using namespace weft::wire;

namespace {

Bytes frame_of(std::uint64_t sequence, std::size_t payload) {
  Bytes frame(header_bytes + payload, std::byte(sequence));
  write_header({.source = {1, 2}, .sequence = sequence}, frame);
  return frame;
}

/// The frames that are taken off `rest`, which holds what is left then.
std::vector<Bytes> frames_in(BytesView& rest) {
  std::vector<Bytes> frames;
  while (const auto frame = take_frame(rest))
    frames.push_back(test::owned(*frame));
  return frames;
}

/// What follows the header of a bundle.
BytesView payload_of(const Bundle& bundle) {
  const auto view = parse_frame(bundle.message()).value();
  CHECK(view.header.kind == wire::Kind::bundle);
  CHECK(view.header.source == PortId{1, 2});
  return view.payload;
}

}  // namespace

TEST_CASE("a bundle gives back the frames that were put into it, in their order") {
  Bundle bundle;
  for (int round = 0; round < 2; ++round) {
    std::vector<Bytes> frames;
    for (std::size_t i = 0; i < 20; ++i)
      bundle.add(frames.emplace_back(frame_of(i + 1, i * 7)));
    auto rest = payload_of(bundle);
    CHECK(frames_in(rest) == frames);
    CHECK(rest.empty());
    bundle.clear();
    CHECK(bundle.empty());
  }
}

TEST_CASE("a frame that is alone in its bundle travels as itself") {
  Bundle bundle;
  const auto frame = frame_of(1, 10);
  bundle.add(frame);
  CHECK(test::owned(bundle.message()) == frame);
}

TEST_CASE("a bundle takes short frames up to its length") {
  Bundle bundle;
  CHECK_FALSE(bundle.takes(frame_of(1, Bundle::longest_frame)));
  const auto frame = frame_of(1, Bundle::longest_frame - header_bytes);
  while (bundle.takes(frame))
    bundle.add(frame);
  CHECK(bundle.message().size() <= Bundle::longest);
  CHECK(bundle.message().size() + frame.size() + sizeof(std::uint32_t) > Bundle::longest);
  CHECK(bundle.takes(frame_of(2, 0)));
}

TEST_CASE("of a bundle that was cut anywhere the frames before are given, and the rest is left") {
  Bundle bundle;
  const std::vector frames{frame_of(1, 0), frame_of(2, 5), frame_of(3, 1)};
  for (const auto& frame : frames)
    bundle.add(frame);
  const auto whole = payload_of(bundle);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto bytes = test::owned(whole.first(size));  // so that a sanitizer sees what is read beyond
    BytesView rest(bytes);
    const auto found = frames_in(rest);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i] == frames[i]);
      taken += sizeof(std::uint32_t) + frames[i].size();
    }
    CHECK(rest.size() == size - taken);
  }
}

TEST_CASE("a length that no frame has ends a bundle") {
  Bundle bundle;
  bundle.add(frame_of(1, 0));
  bundle.add(frame_of(2, 0));
  for (const std::uint32_t length : {0U, 47U, 49U, 53U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
    INFO(length);
    auto bytes = test::owned(payload_of(bundle));
    std::memcpy(bytes.data() + sizeof length + header_bytes, &length, sizeof length);
    BytesView rest(bytes);
    CHECK(frames_in(rest).size() == 1);
    CHECK(rest.size() == sizeof length + header_bytes);
  }
}

TEST_CASE("a bundle is written as FORMAT.md shows") {
  const auto golden = test::golden_frames();
  const auto frame = [&](std::string_view name) {
    return test::golden_bytes(*std::ranges::find(golden, name, &test::GoldenFrame::name));
  };
  Bundle bundle;
  bundle.add(frame("cancel"));
  bundle.add(frame("tail"));
  CHECK(test::owned(bundle.message()) == frame("bundle"));
}
