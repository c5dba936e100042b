#include "examples/signup/person.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/foreign_text.hpp"

namespace weft::signup {

namespace {

constexpr std::size_t most_name = 100;
constexpr std::size_t most_local = 64;    // RFC 5321, 4.5.3.1
constexpr std::size_t most_domain = 190;  // with the local part at most 255
constexpr std::size_t most_label = 63;

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Words of such characters, joined by dots; answers how many, 0 if it is not that.
template <class F>
std::size_t dotted(std::string_view text, std::size_t most, F&& is_word) {
  if (text.empty() || text.size() > most) return 0;
  for (std::size_t count = 1;; ++count) {
    const auto dot = text.find('.');
    if (!is_word(text.substr(0, dot))) return 0;
    if (dot == std::string_view::npos) return count;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view word) noexcept {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
  return !word.empty() && std::ranges::all_of(word, [&](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= most_label && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

Result<void> check_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= most_name && name.front() != ' ' && name.back() != ' ';
  if (fits && shown(name) == name) return {};
  return Error{
      Errc::invalid_argument,
      fmt::format("a name is 1 to {} bytes of text, without control characters and blanks around it: \"{}\"",
                  most_name, shown(name, most_name))};
}

Result<void> check_email(std::string_view email) {
  const auto at = email.rfind('@');
  if (at != std::string_view::npos && dotted(email.substr(0, at), most_local, is_atom) != 0 &&
      is_domain(email.substr(at + 1)))
    return {};
  return Error{Errc::invalid_argument,
               fmt::format("an e-mail address is like ada@example.org, not \"{}\"", shown(email, 100))};
}

bool is_domain(std::string_view domain) noexcept {
  return dotted(domain, most_domain, is_label) >= 2;
}

std::string domain_of(std::string_view email) {
  return lower(email.substr(email.rfind('@') + 1));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

}  // namespace weft::signup
