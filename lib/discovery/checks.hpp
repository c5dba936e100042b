// The checks of `weft doctor`: each looks at one thing of the machine and says what would mend it.
//
// Threads   Any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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

/// RLIMIT_NOFILE; and, to be known only, how much shared memory a context takes at most, and what no transport uses yet:
/// RLIMIT_MEMLOCK, message queues of POSIX and System V.
std::vector<Check> check_limits();
/// weft, its libraries, the kernel.
std::vector<Check> check_versions();
/// Whether that release of Linux ("6.1.0-13-amd64") has what weft asks of it.
Check check_kernel(std::string_view release);
/// Where it is, whose, who may enter; and sweeps it: how much of killed programs was removed. `given`: as for
/// transport::runtime_directory.
std::vector<Check> check_directory(const std::string& given);
/// Whether the domain's daemon answers, and is of this version; where none runs, whether one could; which other domains
/// have one. Waits at most 5 s for one that is hung. `given`: as above.
std::vector<Check> check_daemon(const std::string& given, const std::string& domain);
/// Whether the wall clock is set, how fine it is, and whether it is kept by NTP, as the kernel says.
std::vector<Check> check_clock();

/// All of them: versions, limits, directory, daemon, clock.
std::vector<Check> check_all(const std::string& given, const std::string& domain);

}  // namespace weft::discovery
