// Man pages from the definitions that --help shows.
//
// Threads   Pure.
#pragma once

#include <string>

#include "common/description.hpp"

namespace weft::app {

/// The page of section 1, in the man macros: name, synopsis, arguments, options, verbs, the footer, what belongs to it.
std::string man_page(const Description& command, const std::string& version);

}  // namespace weft::app
