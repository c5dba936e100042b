#include "wire/header.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include <fmt/core.h>

#include "base/planted_bug.hpp"

namespace weft::wire {

static_assert(std::endian::native == std::endian::little, "weft runs on little-endian machines only");

namespace {

enum Flag : std::uint16_t {
  has_remaining = 1,
  has_trace = 2,
  has_attempt = 4,
  has_count = 8,
  known_flags = 15
};

constexpr std::size_t remaining_bytes = sizeof(std::int64_t);
constexpr std::size_t trace_bytes = sizeof(Trace);
constexpr std::size_t attempt_bytes = sizeof(std::uint64_t);
constexpr std::size_t count_bytes = sizeof(std::uint64_t);
static_assert(header_bytes + remaining_bytes + trace_bytes + attempt_bytes + count_bytes == max_header_bytes);

std::size_t size_for(std::uint16_t flags) {
  return header_bytes + ((flags & has_remaining) != 0 ? remaining_bytes : 0) +
         ((flags & has_trace) != 0 ? trace_bytes : 0) + ((flags & has_attempt) != 0 ? attempt_bytes : 0) +
         ((flags & has_count) != 0 ? count_bytes : 0);
}

std::uint16_t flags_of(const Header& header) {
  return static_cast<std::uint16_t>((header.remaining ? has_remaining : 0) | (header.trace ? has_trace : 0) |
                                    (header.attempt > 1 ? has_attempt : 0) |
                                    (header.count > 1 ? has_count : 0));
}

Error bad(std::string_view why) {
  return Error{Errc::malformed, fmt::format("frame: {}", why)};
}

Result<void> check(const Layout& fixed, std::size_t frame_bytes) {
  if (fixed.magic != magic) return bad("it does not begin with \"WF\"; is the peer a weft program?");
  if (fixed.version != version) {
    return Error{Errc::incompatible, fmt::format("frame: version {} here, {} there; update the older program",
                                                 version, fixed.version)};
  }
  if (fixed.kind < std::uint8_t(Kind::message) || fixed.kind > std::uint8_t(Kind::bundle)) {
    return bad(fmt::format("unknown kind {}", fixed.kind));
  }
  if ((fixed.flags & ~known_flags) != 0) return bad(fmt::format("unknown flags {:#x}", fixed.flags));
  if (fixed.zero != 0) return bad("reserved bytes 28 to 31 are not zero");
  if (fixed.header_length != size_for(fixed.flags) || (fixed.header_length > frame_bytes && !planted_bug)) {
    return bad(fmt::format("header length {} in a frame of {} bytes", fixed.header_length, frame_bytes));
  }
  return {};
}

}  // namespace

std::size_t header_size(const Header& header) noexcept {
  return size_for(flags_of(header));
}

std::span<std::byte> write_header(const Header& header, std::span<std::byte> frame) noexcept {
  const auto flags = flags_of(header);
  const auto size = flags == 0 ? header_bytes : size_for(flags);
  auto* at = frame.data();
  // Field by field: a Layout filled here and copied as a whole would be read back before it is written.
  const auto put = [at](std::size_t offset, auto value) { std::memcpy(at + offset, &value, sizeof value); };
  put(offsetof(Layout, magic),
      std::uint32_t(magic) | std::uint32_t(version) << 16 | std::uint32_t(header.kind) << 24);
  put(offsetof(Layout, flags), std::uint32_t(flags) | std::uint32_t(size) << 16);
  put(offsetof(Layout, fingerprint), header.fingerprint);
  put(offsetof(Layout, context), header.source.context);
  put(offsetof(Layout, port), std::uint64_t(header.source.port));  // and the zero after it
  put(offsetof(Layout, sequence), header.sequence);
  put(offsetof(Layout, stamp), std::int64_t(header.stamp.time_since_epoch().count()));
  if (flags == 0) [[likely]]
    return frame.subspan(header_bytes);
  at += header_bytes;
  if (header.remaining) {
    const std::int64_t left = header.remaining->count();
    std::memcpy(at, &left, remaining_bytes);
    at += remaining_bytes;
  }
  if (header.trace) {
    std::memcpy(at, &*header.trace, trace_bytes);
    at += trace_bytes;
  }
  const std::uint64_t attempt = header.attempt;
  if (attempt > 1) {
    std::memcpy(at, &attempt, attempt_bytes);
    at += attempt_bytes;
  }
  const std::uint64_t count = header.count;
  if (count > 1) std::memcpy(at, &count, count_bytes);
  return frame.subspan(size);
}

std::uint32_t detail::count_of(BytesView frame) noexcept {
  const auto begin = load<std::uint16_t>(frame.data(), offsetof(Layout, header_length));
  if (begin > frame.size() || begin < header_bytes + count_bytes) return 1;
  const auto count = load<std::uint64_t>(frame.data(), begin - count_bytes);
  return std::uint32_t(std::clamp<std::uint64_t>(count, 1, std::numeric_limits<std::uint32_t>::max()));
}

Result<void> detail::parse_any(BytesView frame, FrameView& view) {
  if (frame.size() < header_bytes) return bad(fmt::format("{} bytes are too few for a header", frame.size()));
  Layout fixed;
  std::memcpy(&fixed, frame.data(), sizeof fixed);
  WEFT_CHECK(check(fixed, frame.size()));
  detail::read_fixed(frame.data(), view.header);
  view.payload = frame.subspan(fixed.header_length);
  const auto* at = frame.data() + header_bytes;
  if ((fixed.flags & has_remaining) != 0) {
    std::int64_t left = 0;
    std::memcpy(&left, at, remaining_bytes);
    view.header.remaining = Duration(left);
    at += remaining_bytes;
  }
  if ((fixed.flags & has_trace) != 0) {
    std::memcpy(&view.header.trace.emplace(), at, trace_bytes);
    at += trace_bytes;
  }
  if ((fixed.flags & has_attempt) != 0) {
    std::uint64_t attempt = 0;
    std::memcpy(&attempt, at, attempt_bytes);
    if (attempt < 2 || attempt > std::numeric_limits<std::uint32_t>::max())
      return bad(fmt::format("attempt {}", attempt));
    view.header.attempt = std::uint32_t(attempt);
    at += attempt_bytes;
  }
  if ((fixed.flags & has_count) != 0) {
    std::uint64_t count = 0;
    std::memcpy(&count, at, count_bytes);
    const bool messages = view.header.kind == Kind::message || view.header.kind == Kind::flat;
    if (!messages || count < 2 || count > std::numeric_limits<std::uint32_t>::max() ||
        count > view.header.sequence)
      return bad(fmt::format("{} messages up to the {}th", count, view.header.sequence));
    view.header.count = std::uint32_t(count);
  }
  return {};
}

Result<FrameView> parse_frame(BytesView frame) {
  FrameView view;
  WEFT_CHECK(parse_frame(frame, view));
  return view;
}

}  // namespace weft::wire
