#include "discovery/starter.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "discovery/process.hpp"

namespace weft::discovery {

namespace {

constexpr auto idle_stop = "30";  // seconds

/// posix_spawn's two sets of options, released with it.
class Spawn final {
 public:
  Spawn() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&files_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  /// Every signal has its own effect again, and none is blocked, whatever the program and this thread do.
  void reset_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::posix_spawnattr_setsigmask(&attributes_, &set);
    ::sigfillset(&set);
    ::posix_spawnattr_setsigdefault(&attributes_, &set);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  void redirect(int complaints) {
    ::posix_spawn_file_actions_adddup2(&files_, complaints,
                                       STDERR_FILENO);  // first: it may be one of the others
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  }
  Result<pid_t> run(const std::string& program, char* const* arguments, char* const* environment) {
    pid_t pid = 0;
    const int failed = ::posix_spawnp(&pid, program.c_str(), &files_, &attributes_, arguments, environment);
    if (failed != 0) return sys_error(failed, "start", program);
    return pid;
  }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

/// Readable when the process has ended. Where children are not to be waited for (SIGCHLD ignored), it may have gone
/// already: then what is readable now.
Result<Fd> end_of(pid_t pid) {
  auto ended = open_pidfd(pid);
  if (ended || ended.error().sys_errno != ESRCH) return ended;
  return sys::open("eventfd", "the daemon", [] { return ::eventfd(1, EFD_CLOEXEC); });
}

/// Whether the process has ended well, if the program leaves that to be known.
std::optional<bool> ended_well(int ended) {
  siginfo_t info{};
  const auto waited = sys::call("waitid", "the daemon",
                                [&] { return ::waitid(P_PIDFD, id_t(ended), &info, WEXITED | WNOHANG); });
  if (!waited) return {};
  return info.si_code == CLD_EXITED && info.si_status == 0;
}

/// The last line of what it said.
std::string complaint(int fd) {
  std::array<char, 2048> text{};
  const auto length = ::read(fd, text.data(), text.size());
  std::string_view said(text.data(), std::size_t(std::max<ssize_t>(length, 0)));
  while (said.ends_with('\n'))
    said.remove_suffix(1);
  said.remove_prefix(said.find_last_of('\n') + 1);  // npos + 1: nothing
  return shown(said);
}

}  // namespace

Result<Starter> Starter::start(const std::string& program, const std::string& domain,
                               const std::string& runtime_directory) {
  std::array<int, 2> ends{};
  WEFT_CHECK(sys::call("pipe2", "the daemon", [&] { return ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK); }));
  Fd complaints(ends[0]);
  const Fd its_end(ends[1]);
  std::array<std::string, 6> words{program, "--background", "--domain", domain, "--idle-stop", idle_stop};
  std::array<char*, 7> arguments{};
  std::ranges::transform(words, arguments.begin(), [](std::string& word) { return word.data(); });
  auto directory = fmt::format("WEFT_RUNTIME_DIR={}", runtime_directory);
  const std::array<char*, 2> environment{directory.data(), nullptr};
  Spawn spawn;
  spawn.reset_signals();
  spawn.redirect(its_end.get());
  WEFT_TRY(const auto pid, spawn.run(program, arguments.data(), environment.data()));
  WEFT_TRY(auto ended, end_of(pid));
  return Starter(program, std::move(ended), std::move(complaints));
}

Result<void> Starter::outcome() {
  const auto said = complaint(complaints_.get());
  if (ended_well(ended_.get()).value_or(said.empty())) return {};
  return Error{Errc::unavailable,
               fmt::format("{} could not be started: {}", program_, said.empty() ? "it failed" : said)};
}

}  // namespace weft::discovery
