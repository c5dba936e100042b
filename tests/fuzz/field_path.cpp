// A schema, a newline, a message as JSON, a newline, and a path: reading a path is total, and a value that it leads to is
// one of the type that it leads to.
#include "codec/field_path.hpp"

#include "a_message.hpp"

using namespace weft;
using fuzz::require;

namespace {

/// As it is within a filter, where text goes on behind it.
void check_prefix(std::string_view text) {
  std::size_t used = 0;
  const auto path = FieldPath::parse_prefix(text, used);
  require(used <= text.size(), "no more is used than there is");
  require(!path || path->text() == text.substr(0, used), "what was used is the path");
}

/// A message of that type has it: its JSON, or that of a message around it, is read.
void check_value(const Type& type, const Json& value) {
  const bool whole = type.kind == Kind::message;
  const auto schema = Schema::parse(whole ? type.text() : "fuzz/Around{it:" + type.text() + "}");
  if (!schema) return;  // too deep with another message around it
  require(from_json(*schema, whole ? value : Json{{"it", value}}).has_value(), "the value is of the type");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text(fuzz::bytes_of(data, size));
  const auto message = fuzz::AMessage::taken_off(text);
  check_prefix(text);
  const auto path = FieldPath::parse(text);
  require(!path || path->text() == text, "the whole text is the path");
  if (!path || !message) return 0;
  const auto type = path->type_in(message->schema);
  const auto* value = path->resolve(message->json);
  if (type && value != nullptr) check_value(**type, *value);
  return 0;
}
