// The values that are frozen in tests/golden/field: each field of Everything, alone in a message, and the two
// forms that it lacks.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "everything.hpp"

namespace weft::test {

/// A message of one field.
template <class T>
struct Alone {
  T value{};
  WEFT_MESSAGE("test/Alone", value)
};

inline std::string golden_field_path(const std::string& folder, std::string_view name) {
  return folder + "/" + std::string(name) + ".bin";
}

/// Calls visit(name, Alone{value}) for each.
template <class Visit>
void each_golden_field(Visit visit) {
  const auto all = everything();
  const auto names = Everything::weft_field_names();
  std::apply(
      [&](const auto&... fields) {
        std::size_t next = 0;
        (visit(names[next++], Alone<std::decay_t<decltype(fields)>>{fields}), ...);
      },
      all.weft_fields());
  visit("view", Alone<BytesView>{all.bytes});
  visit("maybe_not", Alone<std::optional<Named>>{});
}

}  // namespace weft::test
