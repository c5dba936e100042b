#include "type/names.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include <fmt/core.h>

namespace weft {
namespace {

constexpr std::size_t shown_bytes = 60;

/// The name in quotes, made printable and short: it may come from anybody.
std::string quoted(std::string_view name) {
  std::string text(name.substr(0, shown_bytes));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isprint(c) == 0; }, '?');
  return fmt::format("\"{}{}\"", text, name.size() > shown_bytes ? "..." : "");
}

Error out_of_form(std::string_view what, std::string_view name, std::string_view rule) {
  if (name.size() > max_name_bytes) {
    return Error{Errc::invalid_argument, fmt::format("{} {}: {} bytes, at most {} are allowed", what,
                                                     quoted(name), name.size(), max_name_bytes)};
  }
  return Error{Errc::invalid_argument, fmt::format("{} {}: {}", what, quoted(name), rule)};
}

}  // namespace

Result<void> check_topic_name(std::string_view name) {
  if (is_topic_name(name)) return {};
  return out_of_form("topic name", name,
                     "use lower-case letters, digits and _ in parts joined by single slashes");
}

Result<void> check_type_name(std::string_view name) {
  if (is_type_name(name)) return {};
  return out_of_form("type name", name, "use package/Type, such as robot/Imu");
}

}  // namespace weft
