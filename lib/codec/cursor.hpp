// Writer and Reader: bounds-checked cursors over MessagePack bytes.
//
// What      Each call that moves a cursor asks first whether there is room; nothing is ever written or read
//           outside. take() hands out a run of bytes whose length is known, so that one check serves many
//           fields.
// Threads   Local to one encode or decode.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace weft::codec {

/// First bytes of MessagePack items.
namespace tag {
inline constexpr std::uint8_t fixmap = 0x80, fixarray = 0x90, fixstr = 0xa0, nil = 0xc0, no = 0xc2,
                              yes = 0xc3;
inline constexpr std::uint8_t bin8 = 0xc4, bin16 = 0xc5, bin32 = 0xc6, f32 = 0xca, f64 = 0xcb;
inline constexpr std::uint8_t u8 = 0xcc, u16 = 0xcd, u32 = 0xce, u64 = 0xcf;
inline constexpr std::uint8_t i8 = 0xd0, i16 = 0xd1, i32 = 0xd2, i64 = 0xd3;
inline constexpr std::uint8_t str8 = 0xd9, str16 = 0xda, str32 = 0xdb;
inline constexpr std::uint8_t array16 = 0xdc, array32 = 0xdd, map16 = 0xde, map32 = 0xdf, negative = 0xe0;
}  // namespace tag

/// Stores or loads an unsigned integer in MessagePack's order, big-endian. REQUIRES: sizeof(U) bytes at `at`.
template <class U>
inline U swapped(U value) noexcept {
  if constexpr (sizeof(U) == 2) value = __builtin_bswap16(value);
  if constexpr (sizeof(U) == 4) value = __builtin_bswap32(value);
  if constexpr (sizeof(U) == 8) value = __builtin_bswap64(value);
  return value;
}
template <class U>
inline void store(std::byte* at, U value) noexcept {
  static_assert(std::endian::native == std::endian::little, "weft runs on little-endian machines");
  value = swapped(value);
  std::memcpy(at, &value, sizeof value);
}
template <class U>
inline U load(const std::byte* at) noexcept {
  U value;
  std::memcpy(&value, at, sizeof value);
  return swapped(value);
}
inline void store_tag(std::byte* at, std::uint8_t value) noexcept {
  *at = std::byte{value};
}

/// Writes into a span; once something did not fit, nothing more is written.
class Writer {
 public:
  explicit Writer(std::span<std::byte> out) noexcept : at_(out.data()), end_(out.data() + out.size()) {}

  /// The next `size` bytes to fill, or nullptr.
  std::byte* take(std::size_t size) noexcept {
    if (static_cast<std::size_t>(end_ - at_) < size) [[unlikely]] {
      end_ = at_;
      return nullptr;
    }
    auto* taken = at_;
    at_ += size;
    return taken;
  }

  /// A tag followed by a big-endian integer.
  template <class U>
  void tagged(std::uint8_t first, U value) noexcept {
    if (auto* p = take(1 + sizeof value)) {
      store_tag(p, first);
      store(p + 1, value);
    }
  }
  void raw(std::uint8_t first) noexcept {
    if (auto* p = take(1)) store_tag(p, first);
  }
  void copy(const void* from, std::size_t size) noexcept {
    auto* p = take(size);
    if (p != nullptr && size != 0) std::memcpy(p, from, size);
  }

  void natural(std::uint64_t value) noexcept {
    if (value < 0x80) return raw(static_cast<std::uint8_t>(value));
    if (value <= 0xff) return tagged(tag::u8, static_cast<std::uint8_t>(value));
    if (value <= 0xffff) return tagged(tag::u16, static_cast<std::uint16_t>(value));
    if (value <= 0xffffffff) return tagged(tag::u32, static_cast<std::uint32_t>(value));
    tagged(tag::u64, value);
  }
  void integer(std::int64_t value) noexcept {
    if (value >= 0) return natural(static_cast<std::uint64_t>(value));
    if (value >= -32) return raw(static_cast<std::uint8_t>(value));
    if (value >= INT8_MIN) return tagged(tag::i8, static_cast<std::uint8_t>(value));
    if (value >= INT16_MIN) return tagged(tag::i16, static_cast<std::uint16_t>(value));
    if (value >= INT32_MIN) return tagged(tag::i32, static_cast<std::uint32_t>(value));
    tagged(tag::i64, static_cast<std::uint64_t>(value));
  }
  void string_header(std::size_t size) noexcept {
    if (size < 32) return raw(static_cast<std::uint8_t>(tag::fixstr | size));
    if (size <= 0xff) return tagged(tag::str8, static_cast<std::uint8_t>(size));
    if (size <= 0xffff) return tagged(tag::str16, static_cast<std::uint16_t>(size));
    tagged(tag::str32, static_cast<std::uint32_t>(size));
  }
  void bytes_header(std::size_t size) noexcept {
    if (size <= 0xff) return tagged(tag::bin8, static_cast<std::uint8_t>(size));
    if (size <= 0xffff) return tagged(tag::bin16, static_cast<std::uint16_t>(size));
    tagged(tag::bin32, static_cast<std::uint32_t>(size));
  }
  void array_header(std::size_t count) noexcept {
    if (count < 16) return raw(static_cast<std::uint8_t>(tag::fixarray | count));
    if (count <= 0xffff) return tagged(tag::array16, static_cast<std::uint16_t>(count));
    tagged(tag::array32, static_cast<std::uint32_t>(count));
  }
  void map_header(std::size_t count) noexcept {
    if (count < 16) return raw(static_cast<std::uint8_t>(tag::fixmap | count));
    if (count <= 0xffff) return tagged(tag::map16, static_cast<std::uint16_t>(count));
    tagged(tag::map32, static_cast<std::uint32_t>(count));
  }

 private:
  std::byte* at_;
  std::byte* end_;
};

/// An integer as MessagePack carries it: two's complement bits, and whether they mean a negative number.
struct Integer {
  std::uint64_t bits = 0;
  bool negative = false;
};

/// Reads from a view; every call answers false after noting the first failure.
class Reader {
 public:
  explicit Reader(BytesView in) noexcept : begin_(in.data()), at_(begin_), end_(begin_ + in.size()) {}

  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  /// The first byte of the next item. REQUIRES: left() > 0.
  [[nodiscard]] std::uint8_t peek() const noexcept { return static_cast<std::uint8_t>(*at_); }
  [[nodiscard]] bool at_nil() const noexcept { return at_ != end_ && peek() == tag::nil; }
  [[nodiscard]] const std::byte* here() const noexcept { return at_; }
  /// REQUIRES: size <= left().
  void skip_bytes(std::size_t size) noexcept { at_ += size; }

  /// The next `size` bytes, or nullptr and a failure.
  const std::byte* take(std::size_t size) noexcept {
    if (left() < size) [[unlikely]] {
      fail(cut_short);
      return nullptr;
    }
    const auto* taken = at_;
    at_ += size;
    return taken;
  }

  /// Any form of integer.
  bool integer(Integer& out, const char* expected) noexcept;
  /// Float32, float64, or an integer, as a double.
  bool real(double& out, const char* expected) noexcept;
  bool boolean(bool& out) noexcept;
  bool string_header(std::uint32_t& size) noexcept { return sized(fixstr_form, size); }
  bool bytes_header(std::uint32_t& size) noexcept { return sized(bin_form, size); }
  bool array_header(std::uint32_t& count) noexcept {
    if (left() == 0 || (peek() & 0xf0) != tag::fixarray) return sized(array_form, count);
    count = peek() & 0x0f;
    ++at_;
    return true;
  }
  bool map_header(std::uint32_t& count) noexcept { return sized(map_form, count); }
  /// The header of an array that must have this many elements.
  bool array_of(std::size_t count) noexcept;
  /// Whether `count` items of at least `least` bytes can follow; a failure if not.
  bool room_for(std::uint64_t count, std::size_t least) noexcept {
    return count * least <= left() || fail("a count beyond the end");
  }
  /// Passes over one whole item, whatever it is, in time proportional to its bytes.
  bool skip_item() noexcept;

  static constexpr const char* cut_short = "cut short";
  /// Notes what was wrong with the item that the cursor stands on; false.
  bool fail(const char* reason, Errc code = Errc::malformed) noexcept;
  /// As fail, where an item of another type stands.
  bool expected(const char* what) noexcept;
  /// While a failure rises: the field that it happened in, innermost first; false.
  bool within(const char* field) noexcept;
  [[nodiscard]] bool failed() const noexcept { return reason_ != nullptr; }
  /// "decode <type>: <path>: <reason> at byte <n> of <size>". REQUIRES: failed().
  [[nodiscard]] Error error(std::string_view type) const;

 private:
  /// The tags of an item with a length: `fixed` covers `fixed_mask` + 1 lengths; 0 is no such form.
  struct SizedForm {
    std::uint8_t fixed, fixed_mask, size8, size16, size32;
    const char* name;
  };
  static constexpr SizedForm fixstr_form{tag::fixstr, 0x1f, tag::str8, tag::str16, tag::str32, "string"};
  static constexpr SizedForm bin_form{0, 0, tag::bin8, tag::bin16, tag::bin32, "bytes"};
  static constexpr SizedForm array_form{tag::fixarray, 0x0f, 0, tag::array16, tag::array32, "array"};
  static constexpr SizedForm map_form{tag::fixmap, 0x0f, 0, tag::map16, tag::map32, "map"};

  template <class U>
  bool long_size(std::uint32_t& size) noexcept {
    const auto* p = take(1 + sizeof(U));
    if (p != nullptr) size = load<U>(p + 1);
    return p != nullptr;
  }
  bool sized(const SizedForm& form, std::uint32_t& size) noexcept {
    if (left() == 0) return fail(cut_short);
    auto first = peek();
    if (form.fixed != 0 && (first & ~form.fixed_mask) == form.fixed) {
      size = first & form.fixed_mask;
      ++at_;
      return true;
    }
    if (form.size8 != 0 && first == form.size8) return long_size<std::uint8_t>(size);
    if (first == form.size16) return long_size<std::uint16_t>(size);
    if (first == form.size32) return long_size<std::uint32_t>(size);
    return expected(form.name);
  }

  const std::byte* begin_;
  const std::byte* at_;
  const std::byte* end_;
  const char* reason_ = nullptr;
  bool wrong_type_ = false;
  Errc code_ = Errc::malformed;
  std::uint32_t depth_ = 0;
  std::array<const char*, 8> path_;  ///< Set as depth_ grows; what lies further out than eight is left out.
};

/// Errc::invalid_argument: the plan does not read into `type`.
Error wrong_plan(std::string_view type);

}  // namespace weft::codec
