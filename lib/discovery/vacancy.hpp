// Vacancy: whether a daemon could begin in a directory, as far as that shows without beginning one.
//
// Threads   Any; never blocks.
#pragma once

#include <string>

#include "base/error.hpp"

namespace weft::discovery {

/// Whether the domain's daemon, of which none listens, could take its place in that directory. Makes and removes a file
/// there. Errors: what would keep weftd from it: in_use, its lock or its socket's name is taken; resource_exhausted;
/// permission_denied; those of the kernel.
Result<void> check_vacancy(const std::string& runtime_directory, const std::string& domain);

}  // namespace weft::discovery
