// A schema, a newline, and JSON text if that begins with '{', else bytes: turning one into the other is
// total, and the way back gives the same value.
#include "codec/dynamic.hpp"

#include "require.hpp"

using namespace weft;
using fuzz::require;

namespace {

constexpr std::uint64_t most_zero_bytes = 4096;  // one field left out may stand for 64 MiB: not that often

void check_json(const Schema& schema, std::string_view text) {
  const auto given = Json::parse(text, nullptr, false);
  if (given.is_discarded()) return;
  const auto bytes = from_json(schema, given);
  if (!bytes) return;
  const auto json = to_json(schema, *bytes);
  require(json.has_value(), "what from_json wrote, to_json reads");
  const auto again = from_json(schema, *json);
  require(again && *again == *bytes, "and from_json writes it again");
}

void check_bytes(const Schema& schema, BytesView bytes) {
  const auto json = to_json(schema, bytes);
  if (!json) return;
  const auto encoded = from_json(schema, *json);
  require(encoded.has_value(), "what to_json gave, from_json reads");
  const auto again = to_json(schema, *encoded);
  require(again && again->dump() == json->dump(), "and to_json gives it again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = as_text(fuzz::bytes_of(data, size));
  const auto schema = Schema::parse(fuzz::first_line(rest));
  if (!schema || schema->root().least_bytes > most_zero_bytes) return 0;
  if (rest.starts_with('{')) {
    check_json(*schema, rest);
  } else {
    check_bytes(*schema, as_bytes(rest));
  }
  return 0;
}
