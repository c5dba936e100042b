#include "transport/endpoint.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/foreign_text.hpp"

namespace weft::transport {

namespace {

constexpr std::size_t max_scheme = 16;
constexpr std::size_t max_address = 4096;

bool is_scheme(std::string_view text) {
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= max_scheme && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(text, inner);
}

bool is_address(std::string_view text) {
  return !text.empty() && text.size() <= max_address &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view uri) {
  constexpr std::string_view separator = "://";
  const auto at = uri.find(separator);
  if (at != std::string_view::npos && is_scheme(uri.substr(0, at)) &&
      is_address(uri.substr(at + separator.size()))) {
    return Endpoint{std::string(uri.substr(0, at)), std::string(uri.substr(at + separator.size()))};
  }
  return Error{Errc::invalid_argument,
               fmt::format("endpoint \"{}\": not of the form scheme://address, like tcp://127.0.0.1:5555",
                           shown(uri, 200))};
}

std::string Endpoint::uri() const {
  return fmt::format("{}://{}", scheme, address);
}

}  // namespace weft::transport
