// A path to a value within a message: "accel.x", "points[3].y", "limits[\"left\"]".
//
// What      A field's name, then any number of: `.name` (a field, or a map's key or a variant's alternative that has
//           the form of a name), `[3]` (an element of a list or array, or an integer key), `["text"]` (a map's key, a
//           variant's alternative). resolve() finds the value in the JSON that to_json() gave.
// Threads   Values.
// Bounds    At most max_path_bytes of text.
// Errors    One line with the position: "path accel..x: expected a name at byte 6".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/dynamic.hpp"

namespace weft {

inline constexpr std::size_t max_path_bytes = 1000;

class FieldPath {
 public:
  /// Errors: invalid_argument.
  static Result<FieldPath> parse(std::string_view text);
  /// The path that begins `text`, which may go on behind it; `used` is its length. Errors: invalid_argument.
  static Result<FieldPath> parse_prefix(std::string_view text, std::size_t& used);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The type that the path leads to. Errors: invalid_argument, naming the step that leads nowhere and, where a name
  /// is nearly one that is there, that one.
  [[nodiscard]] Result<const Type*> type_in(const Schema& schema) const;
  /// The value; nullptr if the message has none there (an index beyond the end, another alternative, null on the way).
  [[nodiscard]] const Json* resolve(const Json& message) const;

 private:
  using Step = std::variant<std::string, std::size_t>;
  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace weft
