// Plan: how a reader takes messages that were written to another schema of the same type.
//
// What      Made once for a pair of schemas; decode(bytes, plan, message) in codec/msgpack.hpp follows it.
//           Fields pair by name. A field that the writer lacks keeps the reader's default; one that the
//           reader lacks is skipped. Allowed to differ: an integer may become one whose range contains its
//           own, an integer of at most 32 bit an f64, an f32 an f64, a T an optional<T>. Enumerators pair by
//           name, variant alternatives by type; one that the reader lacks makes the message that carries it
//           undecodable. All else is a mismatch.
// Threads   Values; a const Plan may be shared.
// Bounds    Costs O(both texts); at most max_differences are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "type/schema.hpp"

namespace weft {

inline constexpr std::size_t max_differences = 1000;

/// One place where two schemas differ.
struct Difference {
  enum class Effect : std::uint8_t {
    mismatch,   ///< The two cannot talk.
    widened,    ///< Read without loss as another type.
    defaulted,  ///< The writer lacks the field: the reader's default stays.
    skipped,    ///< The reader lacks the field: it is passed over.
    unknown,    ///< The reader lacks the enumerator or alternative: messages that use it are undecodable.
  };
  Effect effect = Effect::mismatch;
  std::string path;    ///< "accel.x", "points[].y", "shape<geometry/Box>.w"; empty for the message itself.
  std::string reader;  ///< The reader's type, shortened; empty if it has none.
  std::string writer;  ///< The writer's.

  /// "accel.x: read as f64, written as string".
  [[nodiscard]] std::string text() const;
};

/// One node of a plan, along the writer's types.
struct Step {
  static constexpr std::uint32_t none = 0xffffffff;

  bool direct = true;                  ///< The reader's own decoder fits; all else is then empty.
  std::vector<std::uint32_t> targets;  ///< Of each field or alternative of the writer: the reader's, or none.
  std::vector<std::uint32_t> missing;  ///< Fields of the reader that the writer lacks.
  std::vector<std::pair<std::int64_t, std::int64_t>> values;  ///< Enumerators, writer's to reader's, sorted.
  /// Of each field or alternative of the writer; of element (optional, list, array); of key and value (map).
  std::vector<Step> parts;
};

class Plan {
 public:
  /// Whether the reader's own decoder fits the writer's bytes.
  [[nodiscard]] bool is_direct() const noexcept { return root_.direct; }
  [[nodiscard]] const Step& root() const noexcept { return root_; }
  /// Of the schema that this plan reads into.
  [[nodiscard]] std::uint64_t reader_fingerprint() const noexcept { return reader_; }

 private:
  friend Result<Plan> make_plan(const Schema& writer, const Schema& reader);
  Plan(Step root, std::uint64_t reader) : root_(std::move(root)), reader_(reader) {}

  Step root_;
  std::uint64_t reader_;
};

/// The plan, or Errc::incompatible whose message lists every mismatch.
Result<Plan> make_plan(const Schema& writer, const Schema& reader);

/// Every difference, harmless ones too, in the order of the writer's fields.
std::vector<Difference> diff(const Schema& writer, const Schema& reader);

}  // namespace weft
