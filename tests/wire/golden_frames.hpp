// The frames that are frozen in tests/golden/frame, one of each kind and each extension.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/msgpack.hpp"
#include "wire/announcement.hpp"
#include "wire/batch.hpp"
#include "wire/header.hpp"
#include "wire/receipt.hpp"

namespace weft::test {

/// The example of wire/FORMAT.md.
struct Reading {
  Time stamp;
  std::string sensor;
  double celsius = 0;
  std::optional<std::int32_t> quality;
  WEFT_MESSAGE("example/Reading", stamp, sensor, celsius, quality)
};

struct GoldenFrame {
  std::string name;
  wire::Header header;
  Bytes payload;
};

inline Bytes golden_bytes(const GoldenFrame& golden) {
  Bytes frame(wire::header_size(golden.header));
  wire::write_header(golden.header, frame);
  frame.insert(frame.end(), golden.payload.begin(), golden.payload.end());
  return frame;
}

inline Bytes owned(BytesView bytes) {
  return {bytes.begin(), bytes.end()};
}

inline std::vector<GoldenFrame> golden_frames() {
  using wire::Kind;
  const Time stamp{Duration{1'767'225'600'000'000'000}};
  const wire::PortId source{0x1122334455667788, 7};
  const auto reading = fingerprint<Reading>();
  const auto schema = std::string(schema_text<Reading>());
  const wire::Announcement announcement{
      "example/temperature", schema, "", true, 1000, "probe", "house", 4711};
  const wire::RemoteError error{std::uint8_t(Errc::not_found), "no process has the id 99"};
  const wire::RemoteError exhausted{std::uint8_t(Errc::resource_exhausted), "1000 requests wait",
                                    std::chrono::milliseconds(20)};
  const wire::Receipt receipt{{42, 43, 300}, {{44, std::chrono::seconds(1)}}, {45}};
  wire::Trace trace;
  for (std::size_t i = 0; i < 16; ++i)
    trace.trace_id[i] = std::byte(0xA0 + i);
  for (std::size_t i = 0; i < 8; ++i)
    trace.span_id[i] = std::byte(0xB0 + i);
  const Duration left = std::chrono::milliseconds(250);
  Bytes flat(8);
  for (std::size_t i = 0; i < flat.size(); ++i)
    flat[i] = std::byte(i + 1);

  std::vector<GoldenFrame> frames{
      {"message", {Kind::message, reading, source, 42, stamp}, encode(Reading{stamp, "door", 21.5, {}})},
      {"message_remaining",
       {Kind::message, reading, source, 43, stamp, left},
       encode(Reading{stamp, "door", 21.5, 3})},
      {"message_trace", {Kind::message, reading, source, 44, stamp, {}, trace}, encode(Reading{})},
      {"message_all", {Kind::message, reading, source, 45, stamp, left, trace}, encode(Reading{})},
      {"flat", {Kind::flat, 0x0123456789abcdef, source, 46, stamp}, flat},
      {"tail", {Kind::tail, reading, source, 46, stamp}, {}},
      {"announcement", {Kind::announcement, 0, source, 41, stamp}, encode(announcement)},
      {"schema", {Kind::schema, 0, source, 0, stamp}, owned(as_bytes(schema))},
      {"message_attempt",
       {Kind::message, reading, source, 47, stamp, {}, {}, 3},
       encode(Reading{stamp, "door", 21.5, {}})},
      {"receipt", {Kind::receipt, fingerprint<wire::Receipt>(), source, 0, stamp}, encode(receipt)},
      {"error", {Kind::error, fingerprint<wire::RemoteError>(), source, 9, stamp}, encode(error)},
      {"error_exhausted",
       {Kind::error, fingerprint<wire::RemoteError>(), source, 10, stamp},
       encode(exhausted)},
      {"cancel", {Kind::cancel, 0, source, 11, stamp}, {}},
  };
  Bytes bundled;
  for (const auto* name : {"cancel", "tail"}) {
    const auto frame = golden_bytes(*std::ranges::find(frames, name, &GoldenFrame::name));
    bundled.insert(bundled.end(), {std::byte(frame.size()), {}, {}, {}});
    bundled.insert(bundled.end(), frame.begin(), frame.end());
  }
  Bytes batch;
  for (const auto& message : {encode(Reading{stamp, "door", 21.5, {}}), encode(Reading{})}) {
    const auto at = batch.size();
    batch.resize(at + wire::batched_bytes(message.size()));
    auto rest = std::span(batch).subspan(at);
    std::ranges::copy(message, wire::put_message(rest, message.size()).begin());
  }
  frames.push_back({"batch", {Kind::message, reading, source, 49, stamp, {}, {}, 1, 2}, batch});
  frames.push_back({"bundle", {Kind::bundle, 0, source, 0, {}}, bundled});
  return frames;
}

}  // namespace weft::test
