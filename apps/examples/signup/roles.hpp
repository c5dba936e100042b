// What weft-signup can be: three services that know of each other nothing but the messages, and a client.
//
// Threads   Each is the program.
#pragma once

#include <string>

#include "base/error.hpp"
#include "common/interrupt.hpp"
#include "examples/signup/messages.hpp"

namespace weft::signup {

inline constexpr const char* program = "weft-signup";

/// The user service, until Ctrl-C or SIGTERM, by which no sign-up is lost: what has come is answered. Errors: those of the users' file.
Result<void> serve(const Node& node, const std::string& users, app::Interrupt& interrupt);
/// The e-mail service, until Ctrl-C.
Result<void> write_mails(const Node& node, const std::string& spool, app::Interrupt& interrupt);
/// The analytics service, until Ctrl-C.
Result<void> count(const Node& node, bool json, app::Interrupt& interrupt);
/// A client. Errors: what the user service answers; timeout, unavailable.
Result<void> add(const Node& node, const Registration& who, double seconds);

}  // namespace weft::signup
