#include "discovery/checks.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "base/time.hpp"
#include "discovery/inquiry.hpp"
#include "transport/os_names.hpp"
#include "transport/registry.hpp"

namespace weft::discovery {

namespace {

using State = CheckState;

constexpr std::uint64_t enough_descriptors = 4096;
constexpr std::pair oldest_kernel(5, 9);
constexpr std::size_t most_shown = 40;

std::string bytes_text(std::uint64_t bytes) {
  if (bytes >= 1U << 30U) return fmt::format("{:.1f} GiB", double(bytes) / double(1U << 30U));
  if (bytes >= 1U << 20U) return fmt::format("{:.1f} MiB", double(bytes) / double(1U << 20U));
  return fmt::format("{} KiB", bytes >> 10U);
}

std::string limit_text(rlim_t limit, bool bytes) {
  if (limit == RLIM_INFINITY) return "unlimited";
  return bytes ? bytes_text(limit) : fmt::format("{}", limit);
}

Check descriptors() {
  rlimit limit{};
  if (const auto got =
          sys::call("getrlimit", "RLIMIT_NOFILE", [&] { return ::getrlimit(RLIMIT_NOFILE, &limit); });
      !got)
    return {"descriptors", State::warn, got.error().message, "let it be read"};
  Check out{
      "descriptors", State::ok,
      fmt::format("{} of at most {}", limit_text(limit.rlim_cur, false), limit_text(limit.rlim_max, false)),
      ""};
  if (limit.rlim_cur >= enough_descriptors) return out;
  out.state = State::warn;
  out.remedy = fmt::format("each peer takes some: ulimit -n {}, or LimitNOFILE= in the unit",
                           std::min<rlim_t>(limit.rlim_max, 65536));
  return out;
}

/// What no transport takes from the kernel yet: it is told of, and nothing is asked for.
Check unused(const char* name, std::string text) {
  return {name, State::ok, std::move(text) + " (weft uses none yet)", ""};
}

Check locked_memory() {
  rlimit limit{};
  const auto got =
      sys::call("getrlimit", "RLIMIT_MEMLOCK", [&] { return ::getrlimit(RLIMIT_MEMLOCK, &limit); });
  return unused("locked memory", got ? limit_text(limit.rlim_cur, true) : got.error().message);
}

/// Of it weft takes memory without a name, and so nothing of /dev/shm.
Check shared_memory() {
  const auto pages = std::uint64_t(std::max(::sysconf(_SC_PHYS_PAGES), 0L));
  const auto half = pages * std::uint64_t(::sysconf(_SC_PAGESIZE)) / 2;
  return {"shared memory", State::ok,
          fmt::format("{} at most for each context, half of the machine's memory, and nothing of /dev/shm",
                      bytes_text(half)),
          ""};
}

struct KernelLimit {
  const char* what;
  const char* path;
};

Check kernel_limits(const char* name, std::initializer_list<KernelLimit> limits) {
  std::string text;
  for (const auto& limit : limits) {
    std::uint64_t number = 0;
    const bool known = bool(std::ifstream(limit.path) >> number);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", limit.what,
                        known ? fmt::format("{}", number) : "not readable");
  }
  return unused(name, std::move(text));
}

Check mode_of(const std::string& path) {
  struct stat found {};
  if (const auto got = sys::call("lstat", path, [&] { return ::lstat(path.c_str(), &found); }); !got)
    return {"directory", State::fail, got.error().message, "make it, or let your user enter it"};
  Check out{"directory", State::ok,
            fmt::format("{} (user {}, mode {:04o})", path, found.st_uid, found.st_mode & 07777U), ""};
  if ((found.st_mode & 077U) == 0) return out;
  out.state = State::warn;
  out.remedy = fmt::format("others may enter it: chmod 700 {}", path);
  return out;
}

Check swept(const std::string& directory) {
  constexpr auto name = "leftovers swept";
  const auto count = transport::sweep(directory);
  if (!count) return {name, State::fail, count.error().message, "mend the directory's permissions"};
  if (*count == 0) return {name, State::ok, "there were none", ""};
  return {name, State::ok, fmt::format("{} of killed programs, removed", *count), ""};
}

Check answer_of_daemon(const std::string& given, const std::string& domain) {
  const auto watcher = watch(given, domain);
  if (!watcher) {
    const bool none = watcher.error().code == Errc::unavailable;
    const auto finding = unseen(watcher.error());
    return {"daemon", none ? State::warn : State::fail, finding.reason, finding.remedy};
  }
  const auto& welcome = watcher->daemon();
  const auto& graph = watcher->graph();
  Check out{"daemon", State::ok,
            fmt::format("weftd {}, pid {}, domain {}: {} programs, {} ports",
                        shown(welcome.version, most_shown), watcher->daemon_pid(),
                        shown(welcome.domain, most_shown), graph.sessions.size(), graph.ports.size()),
            ""};
  if (welcome.version == WEFT_VERSION) return out;
  out.state = State::warn;
  out.remedy = fmt::format("weft is {}: restart the daemon when it is convenient", WEFT_VERSION);
  return out;
}

Check domains(const std::string& given, const std::string& domain) {
  std::string others;
  const auto directory = transport::runtime_directory(given);
  for (const auto& each : directory ? transport::daemon_domains(*directory) : std::vector<std::string>()) {
    if (each != domain) others += (others.empty() ? "" : ", ") + each;
  }
  return {"domains", State::ok,
          fmt::format("this is \"{}\"; others here: {}", shown(domain, most_shown),
                      others.empty() ? "none" : others),
          ""};
}

}  // namespace

std::vector<Check> check_limits() {
  return {descriptors(), locked_memory(), shared_memory(),
          kernel_limits("posix queues", {{"queues", "/proc/sys/fs/mqueue/queues_max"},
                                         {"messages", "/proc/sys/fs/mqueue/msg_max"},
                                         {"bytes", "/proc/sys/fs/mqueue/msgsize_max"}}),
          kernel_limits("system v queues", {{"queues", "/proc/sys/kernel/msgmni"},
                                            {"message bytes", "/proc/sys/kernel/msgmax"},
                                            {"queue bytes", "/proc/sys/kernel/msgmnb"}})};
}

std::vector<Check> check_versions() {
  std::vector<Check> out{{"weft", State::ok, WEFT_VERSION, ""}};
  for (const auto& library : transport::libraries()) {
    const auto space = library.find(' ');
    out.push_back({library.substr(0, space), State::ok, library.substr(space + 1), ""});
  }
  utsname system{};
  const bool known = sys::call("uname", "the kernel", [&] { return ::uname(&system); }).has_value();
  out.push_back(check_kernel(known ? system.release : "unknown"));
  return out;
}

Check check_kernel(std::string_view release) {
  Check out{"kernel", State::ok, shown(release, most_shown), ""};
  std::pair<int, int> version;
  const auto* end = release.data() + release.size();
  const auto major = std::from_chars(release.data(), end, version.first);
  if (major.ec == std::errc{} && major.ptr != end) std::from_chars(major.ptr + 1, end, version.second);
  if (version >= oldest_kernel) return out;
  out.state = State::fail;
  out.remedy = fmt::format("weft needs pidfds and close_range(): Linux {}.{} or newer", oldest_kernel.first,
                           oldest_kernel.second);
  return out;
}

std::vector<Check> check_directory(const std::string& given) {
  const auto directory = transport::runtime_directory(given);
  if (!directory) {
    const auto finding = unseen(directory.error());
    return {{"directory", State::fail, finding.reason, finding.remedy}};
  }
  return {mode_of(*directory), swept(*directory)};
}

std::vector<Check> check_daemon(const std::string& given, const std::string& domain) {
  return {answer_of_daemon(given, domain), domains(given, domain)};
}

std::vector<Check> check_clock() {
  timespec resolution{};
  const auto known = sys::call("clock_getres", "CLOCK_REALTIME",
                               [&] { return ::clock_getres(CLOCK_REALTIME, &resolution); });
  Check clock{"clock", State::ok,
              known ? fmt::format("resolution {} ns", resolution.tv_sec * 1'000'000'000 + resolution.tv_nsec)
                    : known.error().message,
              ""};
  if (wall_now() < std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)) {
    clock.state = State::fail;
    clock.text = "the wall clock is not set";
    clock.remedy = "set it: stamps and delays are measured by it";
  }
  timex state{};
  const auto answer = sys::call("adjtimex", "the clock", [&] { return ::adjtimex(&state); });
  Check ntp{"ntp", State::ok, fmt::format("synchronised, at most {} us off", state.maxerror), ""};
  if (!answer || *answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    ntp.state = State::warn;
    ntp.text = answer ? "the clock is not synchronised" : answer.error().message;
    ntp.remedy = "delays between hosts mean nothing without: start chrony or systemd-timesyncd";
  }
  return {clock, ntp};
}

std::vector<Check> check_all(const std::string& given, const std::string& domain) {
  auto all = check_versions();
  for (auto&& more : {check_limits(), check_directory(given), check_daemon(given, domain), check_clock()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace weft::discovery
