// The forms of names: of types, of fields, of topics.
//
// What      Predicates that hold at compile time for constants and at run time for what others send.
// Threads   Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.hpp"

namespace weft {

/// Longest topic, service, queue or type name, in bytes.
inline constexpr std::size_t max_name_bytes = 200;
/// Longest field or enumerator name, in bytes.
inline constexpr std::size_t max_field_name_bytes = 120;

namespace detail {

constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_word(char c) noexcept {
  return is_lower(c) || is_upper(c) || is_digit(c) || c == '_';
}

}  // namespace detail

/// `[A-Za-z_][A-Za-z0-9_]*`, at most max_field_name_bytes: a field or an enumerator.
constexpr bool is_field_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > max_field_name_bytes || detail::is_digit(name.front())) return false;
  for (char c : name) {
    if (!detail::is_word(c)) return false;
  }
  return true;
}

/// `package/Type`: `[a-z_][a-z0-9_]*` `/` `[A-Za-z_][A-Za-z0-9_]*`, at most max_name_bytes.
constexpr bool is_type_name(std::string_view name) noexcept {
  auto slash = name.find('/');
  if (slash == std::string_view::npos || slash == 0 || name.size() > max_name_bytes) return false;
  if (detail::is_digit(name.front())) return false;
  for (char c : name.substr(0, slash)) {
    if (!detail::is_word(c) || detail::is_upper(c)) return false;
  }
  return is_field_name(name.substr(slash + 1));
}

/// `[a-z0-9_]+(/[a-z0-9_]+)*`, at most max_name_bytes: a topic, a service or a queue.
constexpr bool is_topic_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > max_name_bytes) return false;
  char before = '/';
  for (char c : name) {
    bool letter = detail::is_word(c) && !detail::is_upper(c);
    if (!letter && (c != '/' || before == '/')) return false;
    before = c;
  }
  return before != '/';
}

/// Errc::invalid_argument with the rule and the name, made printable and short, unless is_topic_name(name).
Result<void> check_topic_name(std::string_view name);

}  // namespace weft
