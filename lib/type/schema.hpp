// Schema: a message type as run-time data.
//
// What      The canonical text parsed into a tree, so that plans, tools and dynamic values can follow types
//           that they were not compiled with. Text and tree are equivalent: parse(text).text() == text.
//           Canonical text, one line without spaces:
//             message   robot/Imu{stamp:time,accel:geometry/Vec3{x:f64,y:f64,z:f64}}   (nested ones inline)
//             scalars   bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 string bytes time duration
//             enum      robot/Mode:u8(idle=0,busy=1)
//             others    optional<T> list<T> array<T,9> map<K,V> variant<A,B>
// Threads   Values; a const Schema may be shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "type/describe.hpp"
#include "type/kind.hpp"

namespace weft {

struct Field;

struct Enumerator {
  std::string name;
  std::int64_t value = 0;
};

/// One node of the tree; the members that its kind does not use stay empty.
struct Type {
  Kind kind = Kind::message;
  Kind underlying = Kind::u8;     ///< Of an enumeration.
  std::uint32_t count = 0;        ///< Elements of an array.
  std::uint64_t least_bytes = 0;  ///< Encoded size of the zero value, as MessagePack; a bound for parsers.
  std::string name;               ///< `package/Type` of a message or an enumeration.
  std::vector<Field> fields;      ///< Of a message, in the order of the wire.
  std::vector<Enumerator> enumerators;  ///< Of an enumeration, in the order of declaration.
  std::vector<Type> args;               ///< Of optional, list and array (1), map (key, value), variant (all).

  /// Canonical text of this node.
  [[nodiscard]] std::string text() const;
  /// The text with messages and enums by name alone: what people read, and a variant's alternative goes by.
  [[nodiscard]] std::string label() const;
};

struct Field {
  std::string name;
  Type type;
};

class Schema {
 public:
  /// Parses canonical text from anywhere. Errc::malformed, with the position and what was expected, for any
  /// other text: longer than max_schema_bytes, deeper than max_schema_depth, names out of form or twice, a
  /// zero value of more than 64 MiB. Costs O(text).
  static Result<Schema> parse(std::string_view text);

  /// The schema of a compiled type.
  template <Message T>
  static Schema of() {
    return *parse(schema_text<T>());
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_of(text_); }
  /// `package/Type`.
  [[nodiscard]] const std::string& name() const noexcept { return root_.name; }
  /// The message.
  [[nodiscard]] const Type& root() const noexcept { return root_; }

 private:
  Schema(std::string text, Type root) : text_(std::move(text)), root_(std::move(root)) {}

  std::string text_;
  Type root_;
};

}  // namespace weft
