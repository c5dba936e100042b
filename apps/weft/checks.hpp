// The checks of weft doctor: each looks at one thing of the machine and says what would mend it.
//
// Threads   Any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::tool {

struct Check {
  enum class State { ok, warn, fail };
  std::string name;
  State state = State::ok;
  std::string text;
  std::string remedy;  ///< Empty where nothing is wrong.
};
std::string_view to_string(Check::State state) noexcept;

/// RLIMIT_NOFILE and RLIMIT_MEMLOCK, /dev/shm, message queues of POSIX and System V.
std::vector<Check> check_limits();
/// weft, its libraries, the kernel.
std::vector<Check> check_versions();
/// Where it is, whose, who may enter; what killed programs left there, which is removed. `given`: as for
/// transport::runtime_directory.
std::vector<Check> check_directory(const std::string& given);
/// Whether the wall clock is set, runs with the monotonic one, and is kept by NTP.
std::vector<Check> check_clock();

}  // namespace weft::tool
