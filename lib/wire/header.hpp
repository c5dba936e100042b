// The frame: one fixed header, optional extensions, payload, in one contiguous buffer (FORMAT.md).
//
// What      Header is the header as a value; Layout its bytes, which nobody but this file and header.cpp know.
//           Little-endian, no pointers.
// Threads   Values and pure functions.
//
//    0        2    3    4        6        8                16               24       28       32
//    ┌────────┬────┬────┬────────┬────────┬────────────────┬────────────────┬────────┬────────┐
//    │magic WF│vers│kind│flags   │header  │fingerprint     │context         │port    │zero    │
//    │        │    │    │        │length  │                │                │        │        │
//    ├────────┴────┴────┴────────┴────────┼────────────────┼────────────────┴────────┴────────┤
//    │sequence                            │stamp           │extensions, then payload          │
//    └────────────────────────────────────┴────────────────┴──────────────────────────────────┘
//    32                                   40               48
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace weft::wire {

inline constexpr std::uint16_t magic = 0x4657;  // "WF"
inline constexpr std::uint8_t version = 1;
/// Bytes of a header without extensions; a multiple of 8, so that an aligned frame has an aligned payload.
inline constexpr std::size_t header_bytes = 48;
/// The most that a header with every extension takes.
inline constexpr std::size_t max_header_bytes = 96;

/// The header's bytes as they travel: the diagram above.
struct Layout {
  std::uint16_t magic;
  std::uint8_t version;
  std::uint8_t kind;
  std::uint16_t flags;
  std::uint16_t header_length;
  std::uint64_t fingerprint;
  std::uint64_t context;
  std::uint32_t port;
  std::uint32_t zero;
  std::uint64_t sequence;
  std::int64_t stamp;
};
static_assert(sizeof(Layout) == header_bytes);
static_assert(offsetof(Layout, version) == 2 && offsetof(Layout, kind) == 3 && offsetof(Layout, flags) == 4);
static_assert(offsetof(Layout, header_length) == 6 && offsetof(Layout, fingerprint) == 8);
static_assert(offsetof(Layout, context) == 16 && offsetof(Layout, port) == 24 &&
              offsetof(Layout, zero) == 28);
static_assert(offsetof(Layout, sequence) == 32 && offsetof(Layout, stamp) == 40);

/// What the payload is.
enum class Kind : std::uint8_t {
  message = 1,       ///< A message in MessagePack (codec/msgpack.hpp).
  flat = 2,          ///< A message as raw memory (codec/flat.hpp).
  tail = 3,          ///< Nothing: `sequence` is the last one sent, so that a lost tail is noticed.
  announcement = 4,  ///< An end introduces itself: see Announcement in wire/announcement.hpp.
  schema = 5,        ///< A schema's canonical text.
  error = 6,         ///< A reply that is an error: see RemoteError in wire/announcement.hpp.
  receipt = 7,       ///< A worker says which items are done: see wire/receipt.hpp.
  cancel = 8,        ///< Nothing: its caller does not wait for the call `sequence` any more.
  bundle = 9,        ///< Several frames of the same source: see wire/bundle.hpp. For no port.
};

/// Who sent a frame: a context, and a port in it. {0, 0} is nobody: a peer that is not weft.
struct PortId {
  std::uint64_t context = 0;
  std::uint32_t port = 0;
  friend bool operator==(const PortId&, const PortId&) = default;
  friend auto operator<=>(const PortId&, const PortId&) = default;
};

/// W3C trace context: who caused this message.
struct Trace {
  std::array<std::byte, 16> trace_id{};
  std::array<std::byte, 8> span_id{};
  friend bool operator==(const Trace&, const Trace&) = default;
};

struct Header {
  Kind kind = Kind::message;
  std::uint64_t fingerprint = 0;  ///< Of the payload's schema; 0: the sender vouches for nothing.
  PortId source;
  std::uint64_t sequence =
      0;  ///< From 1, by one per message of a publisher; a call's number, echoed by its reply; an item's.
  Time stamp;                         ///< When it was sent (CLOCK_REALTIME).
  std::optional<Duration> remaining;  ///< Of a request: time left until the caller's deadline, when sent.
  std::optional<Trace> trace;
  std::uint32_t attempt =
      1;  ///< Of a queue's item, or a request: how often it has been given to a worker or server, this time included.
  std::uint32_t count = 1;  ///< Messages in the payload (wire/batch.hpp); `sequence` is the last one's.
  friend bool operator==(const Header&, const Header&) = default;
};

/// Bytes that write_header will write for this header: 48 to 96, a multiple of 8.
std::size_t header_size(const Header& header) noexcept;

/// Writes the header at the front of `frame`; answers what follows it, where the payload goes. REQUIRES:
/// frame.size() >= header_size(header).
std::span<std::byte> write_header(const Header& header, std::span<std::byte> frame) noexcept;

namespace detail {

template <class Field>
Field load(const std::byte* at, std::size_t offset) noexcept {
  Field field;
  std::memcpy(&field, at + offset, sizeof field);
  return field;
}

/// The flag of a header with a count, which is its last extension.
inline constexpr std::uint16_t has_count = 8;

/// The count of a frame with that flag; 1 if it is no sound one.
std::uint32_t count_of(BytesView frame) noexcept;

}  // namespace detail

/// The fields that a transport needs of every frame. REQUIRES: frame.size() >= header_bytes; nothing else is looked
/// at, so that the rest may be malformed.
struct Peek {
  Kind kind;
  PortId source;
  std::uint64_t sequence;
  std::int64_t stamp_ns;
};
inline Peek peek(BytesView frame) noexcept {
  const auto* at = frame.data();
  return Peek{detail::load<Kind>(at, offsetof(Layout, kind)),
              PortId{detail::load<std::uint64_t>(at, offsetof(Layout, context)),
                     detail::load<std::uint32_t>(at, offsetof(Layout, port))},
              detail::load<std::uint64_t>(at, offsetof(Layout, sequence)),
              detail::load<std::int64_t>(at, offsetof(Layout, stamp))};
}
/// As how many messages the frame counts: Header::count, or 1 of a malformed one. REQUIRES: as peek().
inline std::uint32_t count_of(BytesView frame) noexcept {
  const auto flags = detail::load<std::uint16_t>(frame.data(), offsetof(Layout, flags));
  return (flags & detail::has_count) == 0 ? 1 : detail::count_of(frame);
}

/// A parsed frame; the payload borrows the frame's bytes.
struct FrameView {
  Header header;
  BytesView payload;
};

namespace detail {

/// Whether it is a sound header without extensions, as nearly every one is.
inline bool is_plain(const std::byte* at) noexcept {
  constexpr int kind_shift = 8 * offsetof(Layout, kind);
  constexpr std::uint64_t plain =
      std::uint64_t(magic) | std::uint64_t(version) << 16 | std::uint64_t(header_bytes) << 48;
  const auto head = load<std::uint64_t>(at, 0);
  const auto kind = std::uint8_t(head >> kind_shift);
  return (head & ~(std::uint64_t(0xFF) << kind_shift)) == plain &&
         std::uint8_t(kind - 1) < std::uint8_t(Kind::bundle) &&
         load<std::uint32_t>(at, offsetof(Layout, zero)) == 0;
}

inline void read_fixed(const std::byte* at, Header& header) noexcept {
  const auto peeked = peek({at, header_bytes});
  header.kind = peeked.kind;
  header.fingerprint = load<std::uint64_t>(at, offsetof(Layout, fingerprint));
  header.source = peeked.source;
  header.sequence = peeked.sequence;
  header.stamp = Time(Duration(peeked.stamp_ns));
  header.remaining.reset();
  header.trace.reset();
  header.attempt = 1;
  header.count = 1;
}

Result<void> parse_any(BytesView frame, FrameView& view);

}  // namespace detail

/// Splits a frame into `view`. Total: any bytes give a frame or Errc::malformed (Errc::incompatible for another
/// version); after an error the view holds anything.
inline Result<void> parse_frame(BytesView frame, FrameView& view) {
  if (frame.size() < header_bytes || !detail::is_plain(frame.data())) [[unlikely]]
    return detail::parse_any(frame, view);
  detail::read_fixed(frame.data(), view.header);
  view.payload = frame.subspan(header_bytes);
  return {};
}
/// The same as a value.
Result<FrameView> parse_frame(BytesView frame);

}  // namespace weft::wire
