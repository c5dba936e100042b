// The command line of `weft`: its verbs, abbreviations, and what it says to a wrong one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/verbs.hpp"

namespace weft::tool {

/// Declares every verb, and --domain, which may stand before a verb or behind it.
void declare(app::Program& app, Run& run, std::optional<std::string>& domain);

/// The words with abbreviated verbs written out. Errors: invalid_argument, a word that is no verb, or may be several,
/// with the verb that may have been meant.
Result<std::vector<std::string>> expanded(const app::Description& program, std::vector<std::string> words);

/// One line that says what is wrong, and where to read on.
std::string complaint(const app::UsageError& error);

}  // namespace weft::tool
