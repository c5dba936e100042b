// A program's environment, as its main() is given it.
//
// Threads   Pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace weft {

/// The variable's value, which lies in the environment; none: it is not set. `environment` may be null.
inline std::optional<std::string_view> variable(char** environment, std::string_view name) noexcept {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  }
  return std::nullopt;
}

}  // namespace weft
