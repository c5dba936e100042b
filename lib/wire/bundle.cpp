#include "wire/bundle.hpp"

#include <cstring>

namespace weft::wire {

namespace {

using Length = std::uint32_t;

}  // namespace

void Bundle::add(BytesView frame) {
  if (bytes_.empty()) {
    bytes_.reserve(longest);
    bytes_.resize(header_bytes);
    Header header;
    header.kind = Kind::bundle;
    header.source = peek(frame).source;
    write_header(header, bytes_);
  }
  const auto at = bytes_.size();
  const auto length = Length(frame.size());
  bytes_.resize(at + sizeof length + frame.size());
  std::memcpy(bytes_.data() + at, &length, sizeof length);
  std::memcpy(bytes_.data() + at + sizeof length, frame.data(), frame.size());
  ++frames_;
}

BytesView Bundle::message() const noexcept {
  const BytesView all(bytes_);
  return holds_one() ? all.subspan(header_bytes + sizeof(Length)) : all;
}

void Bundle::clear() noexcept {
  frames_ = 0;
  if (!bytes_.empty()) bytes_.resize(header_bytes);
}

std::optional<BytesView> take_frame(BytesView& rest) noexcept {
  Length length = 0;
  if (rest.size() < sizeof length + header_bytes) return std::nullopt;
  std::memcpy(&length, rest.data(), sizeof length);
  if (length < header_bytes || length > rest.size() - sizeof length) return std::nullopt;
  const auto frame = rest.subspan(sizeof length, length);
  rest = rest.subspan(sizeof length + length);
  return frame;
}

}  // namespace weft::wire
