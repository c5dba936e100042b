#include "codec/cursor.hpp"

#include <limits>

#include <fmt/core.h>

#include "base/planted_bug.hpp"

namespace weft::codec {
namespace {

/// What people call an item that starts with this byte.
const char* item_name(std::uint8_t first) {
  if (first < tag::fixmap || first >= tag::negative) return "integer";
  if (first < tag::fixarray) return "map";
  if (first < tag::fixstr) return "array";
  if (first < tag::nil) return "string";
  if (first >= tag::map16) return "map";
  if (first >= tag::array16) return "array";
  if (first >= tag::str8) return "string";
  if (first >= tag::u8 && first <= tag::i64) return "integer";
  if (first == tag::nil) return "nil";
  if (first == tag::no || first == tag::yes) return "bool";
  if (first == tag::f32 || first == tag::f64) return "float";
  if (first >= tag::bin8 && first <= tag::bin32) return "bytes";
  return first == 0xc1 ? "an unused tag" : "extension";
}

/// How an item goes on after its first byte: bytes of a length, and what the length or the tag says.
struct Shape {
  std::uint8_t length_bytes = 0;    ///< A big-endian number of this many bytes follows.
  std::uint32_t fixed = 0;          ///< Bytes that follow in any case.
  std::uint8_t children_times = 0;  ///< Items that follow: number times this; 0: the number counts bytes.
  bool valid = true;
};

Shape shape_of_long(std::uint8_t first) {
  if (first >= 0xd4 && first <= 0xd8) return {0, 1U + (1U << (first - 0xd4U)), 0};
  switch (first) {
    case tag::u8:
    case tag::i8:
      return {0, 1, 0};
    case tag::u16:
    case tag::i16:
      return {0, 2, 0};
    case tag::u32:
    case tag::i32:
    case tag::f32:
      return {0, 4, 0};
    case tag::u64:
    case tag::i64:
    case tag::f64:
      return {0, 8, 0};
    case tag::bin8:
    case tag::str8:
      return {1, 0, 0};
    case tag::bin16:
    case tag::str16:
      return {2, 0, 0};
    case tag::bin32:
    case tag::str32:
      return {4, 0, 0};
    case 0xc7:
      return {1, 1, 0};
    case 0xc8:
      return {2, 1, 0};
    case 0xc9:
      return {4, 1, 0};
    case tag::array16:
      return {2, 0, 1};
    case tag::array32:
      return {4, 0, 1};
    case tag::map16:
      return {2, 0, 2};
    case tag::map32:
      return {4, 0, 2};
    default:
      return {0, 0, 0, first == tag::nil || first == tag::no || first == tag::yes};
  }
}

std::uint64_t load_length(const std::byte* at, std::uint8_t bytes) {
  if (bytes == 1) return load<std::uint8_t>(at);
  return bytes == 2 ? load<std::uint16_t>(at) : bytes == 4 ? load<std::uint32_t>(at) : 0;
}

}  // namespace

bool Reader::fail(const char* reason, Errc code) noexcept {
  if (reason_ == nullptr) {
    reason_ = reason;
    code_ = code;
  }
  return false;
}

bool Reader::expected(const char* what) noexcept {
  if (left() == 0) return fail(cut_short);
  if (reason_ == nullptr) wrong_type_ = true;
  return fail(what);
}

bool Reader::within(const char* field) noexcept {
  if (depth_ < path_.size()) path_[depth_++] = field;
  return false;
}

Error Reader::error(std::string_view type) const {
  std::string path;
  for (auto i = depth_; i > 0; --i) {
    if (i != depth_ && *path_[i - 1] != '[') path += '.';
    path += path_[i - 1];
  }
  if (!path.empty()) path += ": ";
  auto what =
      wrong_type_ ? fmt::format("expected {}, found {}", reason_, item_name(peek())) : std::string(reason_);
  return Error{
      code_, fmt::format("decode {}: {}{} at byte {} of {}", type, path, what, at_ - begin_, end_ - begin_)};
}

Error wrong_plan(std::string_view type) {
  return Error{
      Errc::invalid_argument,
      fmt::format("decode {}: the plan is for another type: make it with this type as the reader", type)};
}

bool Reader::integer(Integer& out, const char* expected_name) noexcept {
  if (left() == 0) return fail(cut_short);
  auto first = peek();
  if (first < tag::fixmap || first >= tag::negative) {
    out = {static_cast<std::uint64_t>(static_cast<std::int8_t>(first)), first >= tag::negative};
    ++at_;
    return true;
  }
  if (first < tag::u8 || first > tag::i64) return expected(expected_name);
  bool has_sign = first >= tag::i8;
  std::size_t size = std::size_t{1} << ((first - tag::u8) & 3U);
  const auto* p = take(1 + size);
  if (p == nullptr) return false;
  std::uint64_t bits =
      size == 8 ? load<std::uint64_t>(p + 1) : load_length(p + 1, static_cast<std::uint8_t>(size));
  if (has_sign) {
    auto shift = 64 - 8 * size;
    bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << shift) >> shift);
  }
  out = {bits, has_sign && static_cast<std::int64_t>(bits) < 0};
  return true;
}

bool Reader::real(double& out, const char* expected_name) noexcept {
  if (left() == 0) return fail(cut_short);
  if (peek() == tag::f64) {
    const auto* p = take(9);
    if (p != nullptr) out = std::bit_cast<double>(load<std::uint64_t>(p + 1));
    return p != nullptr;
  }
  if (peek() == tag::f32) {
    const auto* p = take(5);
    if (p != nullptr) out = std::bit_cast<float>(load<std::uint32_t>(p + 1));
    return p != nullptr;
  }
  Integer number;
  if (!integer(number, expected_name)) return false;
  out = number.negative ? static_cast<double>(static_cast<std::int64_t>(number.bits))
                        : static_cast<double>(number.bits);
  return true;
}

bool Reader::boolean(bool& out) noexcept {
  if (left() == 0 && !planted_bug) return fail(cut_short);
  if (peek() != tag::no && peek() != tag::yes) return expected("bool");
  out = peek() == tag::yes;
  ++at_;
  return true;
}

bool Reader::array_of(std::size_t count) noexcept {
  auto start = at_;
  std::uint32_t found = 0;
  if (!array_header(found)) return false;
  if (found == count) return true;
  at_ = start;
  return fail("an array of another length than the schema's");
}

bool Reader::skip_item() noexcept {
  for (std::uint64_t pending = 1; pending > 0; --pending) {
    if (left() == 0) return fail(cut_short);
    auto first = peek();
    if (first < tag::fixmap || first >= tag::negative) {
      ++at_;
    } else if (first < tag::nil) {
      ++at_;
      if (first >= tag::fixstr && take(first & 0x1fU) == nullptr) return false;
      if (first < tag::fixstr) pending += (first & 0x0fU) * (first < tag::fixarray ? 2U : 1U);
    } else {
      auto shape = shape_of_long(first);
      if (!shape.valid) return fail("an unused tag");
      const auto* p = take(1U + shape.length_bytes);
      if (p == nullptr) return false;
      auto length = load_length(p + 1, shape.length_bytes);
      if (shape.children_times == 0 && take(shape.fixed + length) == nullptr) return false;
      pending += length * shape.children_times;
    }
    if (pending - 1 > left()) return fail("a count beyond the end");
  }
  return true;
}

}  // namespace weft::codec
