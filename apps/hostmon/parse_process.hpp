// The kernel's files of one process under /proc/PID, as values.
//
// What      One pure function a file, as in parse.hpp, with the same errors.
// Threads   Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weft::hostmon {

/// /proc/PID/stat.
struct PidStat {
  std::int32_t pid = 0;
  std::string name;  ///< At most 15 bytes for programs, longer for kernel threads; printable.
  char state = '?';  ///< The kernel's letter.
  std::int32_t parent = 0;
  std::uint64_t user_ticks = 0;    ///< Clock ticks since the process began, all its threads.
  std::uint64_t system_ticks = 0;  ///< The same in the kernel.
  std::uint32_t threads = 0;
  std::uint64_t start_ticks = 0;  ///< Clock ticks from boot to the process's start: tells reused ids apart.
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
};
/// The name may contain blanks and parentheses: it ends at the last ')'.
Result<PidStat> parse_pid_stat(std::string_view text);

/// The part of /proc/PID/status that stat does not have.
struct PidStatus {
  std::uint32_t user_id = 0;     ///< The effective one.
  std::uint64_t swap_bytes = 0;  ///< 0 for kernel threads.
  std::uint64_t peak_bytes = 0;  ///< Highest resident size so far; 0 for kernel threads.
  std::uint64_t voluntary_switches = 0;
  std::uint64_t forced_switches = 0;
};
Result<PidStatus> parse_pid_status(std::string_view text);

/// /proc/PID/cmdline: the arguments, joined by blanks, printable, at most `limit` bytes. Never an error: a
/// process may write there what it likes, and a kernel thread has none.
std::string parse_cmdline(std::string_view text, std::size_t limit = 4096);

/// A directory name of /proc as a process id; empty for the other names there.
std::optional<std::int32_t> parse_pid(std::string_view name) noexcept;

}  // namespace weft::hostmon
