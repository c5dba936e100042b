#include "transport/endpoint.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/foreign_text.hpp"

namespace weft::transport {

namespace {

constexpr std::string_view separator = "://";
constexpr std::size_t max_scheme = 16;
constexpr std::size_t max_address = 4096;

bool is_scheme(std::string_view text) {
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= max_scheme && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(text, inner);
}

/// What a line can hold as it is: UTF-8 without control characters.
bool is_address(std::string_view text) {
  return !text.empty() && text.size() <= max_address && shown(text) == text;
}

/// What follows the last `mark`; empty: there is none.
std::string_view last_part(std::string_view address, char mark) noexcept {
  const auto at = address.rfind(mark);
  return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

bool is_path(std::string_view address) noexcept {
  return address.starts_with('/');
}

/// Of HOST:PORT; empty where it is something else.
std::string_view port_of(std::string_view address) noexcept {
  const auto port = is_path(address) ? std::string_view() : last_part(address, ':');
  return std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; }) ? port : std::string_view();
}

}  // namespace

std::string_view scheme_of(std::string_view uri) noexcept {
  const auto at = uri.find(separator);
  const auto scheme = at == std::string_view::npos ? std::string_view() : uri.substr(0, at);
  return is_scheme(scheme) ? scheme : std::string_view();
}

bool may_be_one(const Endpoint& one, const Endpoint& other) noexcept {
  if (one.scheme != other.scheme) return false;
  const std::string_view a = one.address;
  const std::string_view b = other.address;
  if (a == b) return true;
  if (is_path(a) != is_path(b)) return is_path(a) ? last_part(a, '/') == b : last_part(b, '/') == a;
  return !port_of(a).empty() && port_of(a) == port_of(b);
}

Result<Endpoint> Endpoint::parse(std::string_view uri) {
  const auto scheme = scheme_of(uri);
  if (!scheme.empty()) {
    const auto address = uri.substr(scheme.size() + separator.size());
    if (is_address(address)) return Endpoint{std::string(scheme), std::string(address)};
  }
  return Error{Errc::invalid_argument,
               fmt::format("endpoint \"{}\": not of the form scheme://address, like tcp://127.0.0.1:5555",
                           shown(uri, 200))};
}

std::string Endpoint::uri() const {
  return fmt::format("{}://{}", scheme, address);
}

}  // namespace weft::transport
