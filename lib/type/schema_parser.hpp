// The parser of canonical schema text; used by schema.cpp only.
//
// Bounds    The text is at most 64 KiB, a node takes at least two bytes of it, nesting ends at max_schema_depth:
//           so is the tree bounded.
// Threads   One at a time.
// Errors    Every function returns false after noting the first failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "type/schema.hpp"

namespace weft::detail {

class SchemaParser {
 public:
  explicit SchemaParser(std::string_view text) noexcept : text_(text) {}

  /// Fills `root` with the message that the whole text describes.
  bool parse(Type& root);

  /// Errc::malformed with what was wrong and where. REQUIRES: parse returned false.
  [[nodiscard]] Error error() const;

 private:
  using Names = std::unordered_set<std::string_view>;

  bool type(Type& out, std::size_t depth);
  bool scalar(Type& out, std::string_view word);
  bool message(Type& out, std::string_view name, std::size_t depth);
  bool field(Type& out, Names& seen, std::size_t depth);
  bool enumeration(Type& out, std::string_view name);
  bool enumerator(Type& out, Names& seen);
  bool composite(Type& out, std::string_view word, std::size_t depth);
  bool composite_args(Type& out, std::size_t depth);
  bool arg(Type& out, std::size_t depth);
  bool number(std::int64_t& out);
  bool check_composite(const Type& type);
  bool measure(Type& out);

  std::string_view word();
  bool accept(char c);
  bool expect(char c);
  bool fail(std::string_view reason);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string reason_;
};

}  // namespace weft::detail
