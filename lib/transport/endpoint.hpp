// Endpoints: where a peer is, as a URI "scheme://address".
//
// Threads   Values.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weft::transport {

struct Endpoint {
  std::string scheme;  ///< [a-z][a-z0-9+.-]*, at most 16 bytes.
  std::string
      address;  ///< UTF-8 without control characters, not empty; its form is its transport's business.

  /// Errors: invalid_argument with an example of the right form. Whether the scheme exists is not asked here.
  static Result<Endpoint> parse(std::string_view uri);
  [[nodiscard]] std::string uri() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// The scheme of a URI, whose address is not looked at. Empty: it has none.
std::string_view scheme_of(std::string_view uri) noexcept;

/// Whether two endpoints may be one place, as far as it shows: they are the same, a name and a path that ends in it, or
/// the same port of two hosts (a host has several names, and may be all of them, as * says).
bool may_be_one(const Endpoint& one, const Endpoint& other) noexcept;

}  // namespace weft::transport
