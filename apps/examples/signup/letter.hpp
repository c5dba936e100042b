// A mail as RFC 5322 has it.
//
// Threads   Pure functions.
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/time.hpp"

namespace weft::signup {

struct Letter {
  std::string id;  ///< What stands before the @ of its Message-ID. REQUIRES: letters, digits and dots.
  Time date;
  std::string to_name;
  std::string to_email;
  std::string subject;  ///< ASCII, one short line.
  std::string body;     ///< UTF-8; lines end in \n.
};

/// The bytes of the file, lines ending in CR LF. No name can become a header of its own. Errors: invalid_argument (the
/// name, the address).
Result<std::string> written(const Letter& letter);

}  // namespace weft::signup
