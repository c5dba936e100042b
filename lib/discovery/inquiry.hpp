// The inquiry: asks the daemons of this host why messages of a name do not flow, also where none answers.
//
// Threads   Any; each call opens connections of its own, and starts no daemon.
// Blocking  At most 5 s for the domain's daemon, beside which those of all other domains have 2 s; not beyond the moment
//           when `stop` becomes readable (-1: never), which is answered with cancelled (EINTR).
#pragma once

#include <string>

#include "base/error.hpp"
#include "discovery/watcher.hpp"
#include "discovery/why.hpp"

namespace weft::discovery {

/// The directory of a domain as it is now. `given`: as for transport::runtime_directory. Errors: those of
/// transport::runtime_directory and of Watcher; in_use, no daemon runs, and none could begin; cancelled.
Result<Watcher> watch(const std::string& given, const std::string& domain, int stop = -1);

/// Why the name does not flow in that domain, by its directory, by those of the other domains in the same runtime
/// directory, and by the programs there that no daemon knows. Where the directory cannot be read, that is the only
/// finding; where somebody is missed, each other domain whose daemon does not answer is one. Errors: invalid_argument or
/// too_big, `given` or `domain` is out of form; cancelled.
Result<Explanation> inquire(const std::string& name, const std::string& given, const std::string& domain,
                            int stop = -1);

}  // namespace weft::discovery
