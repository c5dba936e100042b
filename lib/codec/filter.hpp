// A filter: which messages somebody wants to see, as an expression over their fields.
//
//     accel.z > 9.5 && (mode == busy || !calibrated) && name != "left"
//
// What      `||` of `&&` of comparisons, `!` and parentheses. A comparison is a path (codec/field_path.hpp), one of
//           == != < <= > >=, and a literal: a number, a "text" as in JSON, true, false, null, or an enumerator's name.
//           Times and durations compare with their texts ("1.5s") or nanoseconds. A bool's path stands for itself.
//           A comparison with what a message has not (an index beyond the end, another alternative, an empty optional)
//           does not hold; only `PATH == null` does.
// Threads   Values.
// Bounds    At most max_filter_bytes of text, parentheses and ! nested at most 64 deep; total: any text gives a filter
//           or an error.
// Errors    invalid_argument, with the position: "filter, byte 12 of 20: expected ')'".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/dynamic.hpp"
#include "codec/field_path.hpp"

namespace weft {

inline constexpr std::size_t max_filter_bytes = 4000;

class Filter {
 public:
  /// Its form alone is checked.
  static Result<Filter> parse(std::string_view text);
  /// The same filter for messages of a type: paths lead somewhere, literals fit. Errors: as above.
  [[nodiscard]] Result<Filter> for_type(const Schema& schema) const;
  /// Whether to_json()'s `message` passes. REQUIRES: made by for_type() of its schema.
  [[nodiscard]] bool passes(const Json& message) const;

  /// How a literal compares with what a path leads to.
  enum class Sort : std::uint8_t { unknown, null, boolean, number, text, enumerator, time, duration };
  enum class Operator : std::uint8_t { is_true, equal, unequal, less, less_equal, greater, greater_equal };
  struct Comparison {
    FieldPath path;
    Operator op = Operator::is_true;
    Json literal;
    std::size_t path_at = 0;     ///< Where in the text the path stands,
    std::size_t literal_at = 0;  ///< and the literal, or the path again where there is none.
    bool is_name = false;        ///< The literal is a bare name.
    Sort sort = Sort::unknown;
  };
  struct Node {
    enum class Kind : std::uint8_t { comparison, negation, all, any };
    Kind kind = Kind::comparison;
    Comparison comparison;
    std::vector<Node> parts;
  };

 private:
  Filter(Node root, std::size_t size) : root_(std::move(root)), size_(size) {}
  Node root_;
  std::size_t size_;  // of the text
};

}  // namespace weft
