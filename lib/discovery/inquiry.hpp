// The inquiry: asks the daemons of this host why messages of a name do not flow, also where none answers.
//
// Threads   Any; each call opens connections of its own, and starts no daemon.
// Blocking  While a daemon is hung, at most 10 s for each.
#pragma once

#include <string>

#include "base/error.hpp"
#include "discovery/watcher.hpp"
#include "discovery/why.hpp"

namespace weft::discovery {

/// The directory of a domain as it is now. `given`: as for transport::runtime_directory. Errors: those of
/// transport::runtime_directory and of Watcher.
Result<Watcher> watch(const std::string& given, const std::string& domain);

/// Why the name does not flow in that domain, by its directory, by those of the other domains in the same runtime
/// directory, and by the programs there that its daemon does not know. Where the directory cannot be read, that is the
/// only finding. Errors: invalid_argument or too_big, `given` or `domain` is out of form.
Result<Explanation> inquire(const std::string& name, const std::string& given, const std::string& domain);

}  // namespace weft::discovery
