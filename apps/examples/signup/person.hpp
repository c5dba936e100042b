// What a name and an e-mail address may be, so that they can stand in a line of a file and in a mail's header.
//
// Threads   Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weft::signup {

/// 1 to 100 bytes of UTF-8 without control characters, and no blanks around it. Errors: invalid_argument.
Result<void> check_name(std::string_view name);

/// What is used of RFC 5321: an unquoted local part, a domain of two labels at least. Errors: invalid_argument.
Result<void> check_email(std::string_view email);

/// The domain, in lower case. REQUIRES: check_email().
std::string domain_of(std::string_view email);

/// A domain that an address could have.
bool is_domain(std::string_view domain) noexcept;

/// By which an address is known: whoever writes it in capitals is no other.
std::string lower(std::string_view text);

}  // namespace weft::signup
