// What reading and writing JSON share: the path to the value in hand, and the ranges of integers.
//
// Threads   Local to one conversion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "type/kind.hpp"

namespace weft::codec {

/// "accel.x", "points[3].y"; after freeze() it keeps naming the place of the failure.
class JsonPath {
 public:
  /// Extends the path while it lives.
  class Part {
   public:
    Part(JsonPath& path, std::string_view name) : path_(path), size_(path.text_.size()) {
      if (!path.text_.empty()) path.text_ += '.';
      path.text_ += name;
    }
    Part(JsonPath& path, std::size_t index) : path_(path), size_(path.text_.size()) {
      path.text_ += '[';
      path.text_ += std::to_string(index);
      path.text_ += ']';
    }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part() {
      if (!path_.frozen_) path_.text_.resize(size_);
    }

   private:
    JsonPath& path_;
    std::size_t size_;
  };

  void freeze() noexcept { frozen_ = true; }
  /// "accel.x: ", or nothing at the root.
  [[nodiscard]] std::string prefix() const { return text_.empty() ? "" : text_ + ": "; }

 private:
  std::string text_;
  bool frozen_ = false;
};

/// Whether an integer of these two's complement bits is in the kind's range. REQUIRES: is_integer(kind).
constexpr bool fits(Kind kind, bool negative, std::uint64_t bits) noexcept {
  auto width = bits_of(kind);
  if (is_unsigned(kind)) return !negative && (width == 64 || bits >> width == 0);
  auto magnitude = negative ? ~bits : bits;
  return magnitude >> (width - 1) == 0;
}

}  // namespace weft::codec
