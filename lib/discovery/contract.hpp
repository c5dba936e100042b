// The contract of two ports: whether their types and QoS fit, and in which words it is told where they do not.
//
// What      Of two ports one writes messages, requests or items (publisher, client, producer) and one reads them
//           (subscriber, server, worker); responses go the other way. Directory and ports ask the same functions, so that both come to the same
//           answer and give the same reason.
// Threads   A TypeText is used by one thread at a time; all else is pure.
// Bounds    Costs what parsing and comparing the schemas costs, nothing for equal texts; a reason is one line of at
//           most max_reason_bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "discovery/packets.hpp"
#include "type/plan.hpp"
#include "type/schema.hpp"

namespace weft::discovery {

inline constexpr std::size_t max_reason_bytes = 4000;

/// A schema's text, parsed once and only if it must be, until that is forgotten. Empty: any type. Borrows the text.
class TypeText final {
 public:
  explicit TypeText(std::string_view text) noexcept : text_(text) {}
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Lives until it is forgotten. Errors: malformed.
  Result<const Schema*> schema();
  [[nodiscard]] bool is_parsed() const noexcept { return parsed_.has_value(); }
  void forget() noexcept { parsed_.reset(); }

 private:
  std::string_view text_;
  std::optional<Result<Schema>> parsed_;
};

/// What a port brings into the contract.
struct Terms {
  TypeText& schema;       ///< Of messages, requests or items.
  TypeText& response;     ///< Of responses; only a service has any.
  bool reliable = false;  ///< Offered by the writer, requested by the reader; not said of services.
};

/// How the two read each other.
struct Plans {
  std::optional<Plan> schema;    ///< The reader what the writer writes; none: as it is, or as any type.
  std::optional<Plan> response;  ///< The writer the reader's responses.
};

/// Whether the types fit. Errors: malformed, incompatible, with every difference by field.
Result<Plans> plan_types(const Terms& writer, const Terms& reader);

/// Whether the writer offers what the reader requests: of a topic, that no message is dropped; of a queue, that an item
/// is handed out again until it is acknowledged. Errors: incompatible, with the clause and both sides.
Result<void> check_reliability(const Terms& writer, const Terms& reader);

}  // namespace weft::discovery
