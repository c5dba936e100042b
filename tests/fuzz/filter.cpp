// A schema, a newline, a message as JSON, a newline, and a filter: reading it and applying it is total, an error's position
// is within the text, and what passes a filter does not pass its opposite.
#include "codec/filter.hpp"

#include <charconv>

#include "a_message.hpp"

using namespace weft;
using fuzz::require;

namespace {

void check_position(const Error& error, std::size_t size) {
  constexpr std::string_view before = "filter, byte ";
  require(error.message.starts_with(before), "an error says where");
  std::size_t at = 0;
  std::from_chars(error.message.data() + before.size(), error.message.data() + error.message.size(), at);
  require(at <= size, "the position is within the text");
}

void check_opposite(std::string_view text, const fuzz::AMessage& message, bool passes) {
  const auto opposite = Filter::parse("!(" + std::string(text) + ")");
  if (!opposite) return;  // longer, or deeper, than is allowed
  const auto fitted = opposite->for_type(message.schema);
  require(fitted && fitted->passes(message.json) != passes, "what passes does not pass the opposite");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text(fuzz::bytes_of(data, size));
  const auto message = fuzz::AMessage::taken_off(text);
  const auto filter = Filter::parse(text);
  if (!filter) return check_position(filter.error(), text.size()), 0;
  if (!message) return 0;
  const auto fitted = filter->for_type(message->schema);
  if (!fitted) return check_position(fitted.error(), text.size()), 0;
  check_opposite(text, *message, fitted->passes(message->json));
  return 0;
}
