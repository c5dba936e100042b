// Endpoints: where a peer is, as a URI "scheme://address".
//
// Threads   Values.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weft::transport {

struct Endpoint {
  std::string scheme;   ///< [a-z][a-z0-9+.-]*, at most 16 bytes.
  std::string address;  ///< Not empty; its form is its transport's business.

  /// Errors: invalid_argument with an example of the right form. Whether the scheme exists is not asked here.
  static Result<Endpoint> parse(std::string_view uri);
  [[nodiscard]] std::string uri() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace weft::transport
