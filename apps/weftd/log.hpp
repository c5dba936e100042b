// The daemon's log, on standard error: a line for people, or a JSON object a line.
#pragma once

#include <string>

#include "base/log.hpp"

namespace weft::daemon {

/// Information and worse. A line that standard error has no room for is dropped: the daemon waits for no reader.
LogSink plain_log();
/// {"time":"2026-01-02T03:04:05.678901234Z","severity":"info","domain":"default","text":"..."}
LogSink json_log(std::string domain);

}  // namespace weft::daemon
