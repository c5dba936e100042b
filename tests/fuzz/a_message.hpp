// A message of any type, from the first two lines of an input: its schema, and itself as JSON.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "codec/dynamic.hpp"
#include "require.hpp"

namespace weft::fuzz {

struct AMessage {
  Schema schema;
  Json json;  ///< As to_json() gives it.

  /// Nothing if the lines give none.
  static std::optional<AMessage> taken_off(std::string_view& text) {
    constexpr std::uint64_t most_zero_bytes =
        4096;  // one field left out may stand for 64 MiB: not that often
    auto schema = Schema::parse(first_line(text));
    const auto given = Json::parse(first_line(text), nullptr, false);
    if (!schema || schema->root().least_bytes > most_zero_bytes || given.is_discarded()) return std::nullopt;
    const auto bytes = from_json(*schema, given);
    if (!bytes) return std::nullopt;
    auto json = to_json(*schema, *bytes).value();
    return AMessage{*std::move(schema), std::move(json)};
  }
};

}  // namespace weft::fuzz
