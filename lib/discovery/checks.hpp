// The checks of `weft doctor`: each looks at one thing of the machine and says what would mend it.
//
// Threads   Any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "type/message.hpp"

namespace weft::discovery {

enum class CheckState : std::uint8_t { ok, warn, fail };
WEFT_ENUM(CheckState, "weft/CheckState", ok, warn, fail)

struct Check {
  std::string name;
  CheckState state = CheckState::ok;
  std::string text;    ///< What was found, safe to show.
  std::string remedy;  ///< Empty where nothing is wrong.
};

/// RLIMIT_NOFILE and RLIMIT_MEMLOCK, /dev/shm, message queues of POSIX and System V.
std::vector<Check> check_limits();
/// weft, its libraries, the kernel.
std::vector<Check> check_versions();
/// Where it is, whose, who may enter; what killed programs left there, which is removed. `given`: as for
/// transport::runtime_directory.
std::vector<Check> check_directory(const std::string& given);
/// Whether the domain's daemon answers, and is of this version; which other domains have one. Waits at most 10 s for
/// one that is hung. `given`: as above.
std::vector<Check> check_daemon(const std::string& given, const std::string& domain);
/// Whether the wall clock is set, runs with the monotonic one, and is kept by NTP.
std::vector<Check> check_clock();

/// All of them: versions, limits, directory, daemon, clock.
std::vector<Check> check_all(const std::string& given, const std::string& domain);

}  // namespace weft::discovery
