// The command line of `weft`: its verbs, abbreviations, and what it says to a wrong one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/verbs.hpp"

namespace weft::tool {

/// Declares every verb, and --domain, which may stand before a verb or behind it.
void declare(CLI::App& app, Run& run, std::optional<std::string>& domain);

/// The words with abbreviated verbs written out, in the reversed order that CLI11 takes. Errors: invalid_argument, a
/// word that is no verb, or may be several, with the verb that may have been meant.
Result<std::vector<std::string>> expanded(const CLI::App& app, std::vector<std::string> words);

/// One line that says what CLI11 found wrong, and where to read on.
std::string complaint(const CLI::App& app, const CLI::ParseError& error);

}  // namespace weft::tool
