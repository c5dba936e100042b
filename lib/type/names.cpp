#include "type/names.hpp"

#include <fmt/core.h>

#include "base/foreign_text.hpp"

namespace weft {

Result<void> check_topic_name(std::string_view name) {
  if (is_topic_name(name)) return {};
  constexpr std::size_t most_shown = 60;
  const auto rule = name.size() > max_name_bytes
                        ? fmt::format("{} bytes, at most {} are allowed", name.size(), max_name_bytes)
                        : "use lower-case letters, digits and _ in parts joined by single slashes";
  return Error{Errc::invalid_argument, fmt::format("topic name \"{}\": {}", shown(name, most_shown), rule)};
}

}  // namespace weft
