// The world of weft's own programs: a Context made from the environment.
#pragma once

#include <string>

#include "node/context.hpp"

namespace weft::app {

/// What every program of weft asks for: the environment's options (node/context.hpp), warnings on standard error as
/// "<program>: <line>", and the weftd that stands beside it, in an installation as in a build, before any in PATH.
ContextOptions world_of(const std::string& program, char** environment);

}  // namespace weft::app
