// The parser of filters; used by filter.cpp only.
//
// Errors    Every function returns false after noting the first failure.
// Threads   One at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "codec/filter.hpp"

namespace weft::codec {

class FilterParser {
 public:
  explicit FilterParser(std::string_view text) noexcept : text_(text) {}

  /// Fills `root` with what the whole text says.
  bool parse(Filter::Node& root);
  /// REQUIRES: parse returned false.
  [[nodiscard]] Error error() const;

 private:
  bool any(Filter::Node& out, std::size_t depth);
  bool all(Filter::Node& out, std::size_t depth);
  bool one(Filter::Node& out, std::size_t depth);
  bool comparison(Filter::Comparison& out);
  bool comparator(Filter::Operator& out);
  bool literal(Filter::Comparison& out);
  bool number(Json& out);
  bool quoted(Json& out);

  void skip_spaces();
  bool accept(std::string_view token);
  bool fail(std::string_view reason);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string reason_;
};

}  // namespace weft::codec
