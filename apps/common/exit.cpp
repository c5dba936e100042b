#include "common/exit.hpp"

#include <cerrno>
#include <cstdio>

#include <fmt/core.h>
#include <unistd.h>

#include "common/output.hpp"

namespace weft::app {

int exit_code(const Error& error) noexcept {
  switch (error.code) {
    case Errc::timeout:
      return exit_timed_out;
    case Errc::invalid_argument:
      return exit_usage;
    default:
      return exit_failed;
  }
}

int done(std::string_view program) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_done;
  fail(program, sys_error(errno, "write", "standard output"));
  return exit_failed;
}

void say(std::string_view program, std::string_view line) {
  // Where nobody can be told, there is nobody to tell that.
  static_cast<void>(
      write_all(STDERR_FILENO, fmt::format("{}: {}\n", program, line), "standard error").has_value());
}

int fail(std::string_view program, const Error& error) {
  if (error.sys_errno == EPIPE || error.sys_errno == EINTR) return exit_done;
  say(program, error.message);
  return exit_code(error);
}

}  // namespace weft::app
