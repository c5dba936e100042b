// How weft starts a thread of its own.
//
// Threads   Any.
#pragma once

#include <functional>
#include <thread>

#include "base/error.hpp"

namespace weft {

/// Runs `body` on a thread called `name` (at most 15 characters, for debuggers and top), which takes no signals: those
/// are for the program's own threads. `whose` is for the error's text. Errors: resource_exhausted.
Result<std::thread> start_thread(const char* name, const char* whose, std::function<void()> body);

}  // namespace weft
