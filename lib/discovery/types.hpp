// Types by name: the schemas that a directory knows, and who has them.
//
// Threads   Pure functions.
// Lifetime  What is found borrows from its Graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discovery/channels.hpp"
#include "type/schema.hpp"

namespace weft::discovery {

/// `package/Type` of canonical text, safe to show; of anything else what stands before its first brace.
std::string type_name_of(std::string_view schema);

/// The fingerprint of canonical text as people write it: 16 hexadecimal digits.
std::string fingerprint_text(std::string_view schema);

/// What is announced under a name.
struct Schemas {
  std::vector<Schema> sound;  ///< Never none.
  std::vector<std::string>
      unsound;  ///< For each text that is no schema a line: whose it is, and why it is none.
};

/// The schemas that `name` means: a topic's, a service's requests and then its responses, a queue's, else those of a
/// type of that name. Errors: not_found, with a name that may have been meant; malformed, all that is announced is no schema.
Result<Schemas> schemas_named(const Graph& graph, const std::string& name);

/// A topic that carries a type.
struct Carrier {
  std::string topic;
  std::string_view schema;
};

/// The topics whose type has that name, or that fingerprint, by name; never none. Errors: not_found, with a type that
/// may have been meant.
Result<std::vector<Carrier>> topics_of_type(const Graph& graph, const std::string& type);

}  // namespace weft::discovery
