#include "discovery/checks.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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
constexpr std::uint64_t enough_shared_memory = 64 << 20;
constexpr std::uint64_t enough_locked_memory = 64 << 10;
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

Check locked_memory() {
  rlimit limit{};
  if (const auto got =
          sys::call("getrlimit", "RLIMIT_MEMLOCK", [&] { return ::getrlimit(RLIMIT_MEMLOCK, &limit); });
      !got)
    return {"locked memory", State::warn, got.error().message, "let it be read"};
  Check out{"locked memory", State::ok, limit_text(limit.rlim_cur, true), ""};
  if (limit.rlim_cur >= enough_locked_memory) return out;
  out.state = State::warn;
  out.remedy = "ulimit -l 65536, or LimitMEMLOCK= in the unit";
  return out;
}

Check shared_memory() {
  struct statvfs found {};
  if (const auto got = sys::call("statvfs", "/dev/shm", [&] { return ::statvfs("/dev/shm", &found); }); !got)
    return {"shared memory", State::fail, got.error().message, "mount a tmpfs on /dev/shm"};
  const auto free = std::uint64_t(found.f_bavail) * found.f_frsize;
  Check out{"shared memory", State::ok,
            fmt::format("{} free of {} in /dev/shm", bytes_text(free),
                        bytes_text(std::uint64_t(found.f_blocks) * found.f_frsize)),
            ""};
  if (free >= enough_shared_memory) return out;
  out.state = State::warn;
  out.remedy = "mount -o remount,size=1G /dev/shm (containers: --shm-size)";
  return out;
}

std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

struct KernelLimit {
  const char* what;
  const char* path;
  std::uint64_t enough;
};

Check kernel_limits(const char* name, std::initializer_list<KernelLimit> limits, const char* remedy) {
  Check out{name, State::ok, "", ""};
  for (const auto& limit : limits) {
    const auto number = number_in(limit.path);
    out.text += fmt::format("{}{} {}", out.text.empty() ? "" : ", ", limit.what,
                            number ? fmt::format("{}", *number) : "not readable");
    if (!number || *number >= limit.enough) continue;
    out.state = State::warn;
    out.remedy = remedy;
  }
  return out;
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

std::size_t entries(const std::string& directory) {
  std::error_code failure;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure))
    ++count;
  return count;
}

Check leftovers(const std::string& directory) {
  const auto before = entries(directory);
  const auto swept = transport::sweep(directory);
  const auto after = entries(directory);
  if (!swept) return {"leftovers", State::fail, swept.error().message, "mend the directory's permissions"};
  if (after >= before) return {"leftovers", State::ok, "none", ""};
  return {"leftovers", State::ok, fmt::format("{} files of killed programs, removed", before - after), ""};
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
          kernel_limits("posix queues",
                        {{"queues", "/proc/sys/fs/mqueue/queues_max", 1},
                         {"messages", "/proc/sys/fs/mqueue/msg_max", 10},
                         {"bytes", "/proc/sys/fs/mqueue/msgsize_max", 8192}},
                        "sysctl fs.mqueue.msg_max=64 fs.mqueue.msgsize_max=65536"),
          kernel_limits("system v queues",
                        {{"queues", "/proc/sys/kernel/msgmni", 16},
                         {"message bytes", "/proc/sys/kernel/msgmax", 8192},
                         {"queue bytes", "/proc/sys/kernel/msgmnb", 16384}},
                        "sysctl kernel.msgmni=1024 kernel.msgmax=65536 kernel.msgmnb=1048576")};
}

std::vector<Check> check_versions() {
  std::vector<Check> out{{"weft", State::ok, WEFT_VERSION, ""}};
  for (const auto& library : transport::libraries()) {
    const auto space = library.find(' ');
    out.push_back({library.substr(0, space), State::ok, library.substr(space + 1), ""});
  }
  utsname system{};
  const bool known = sys::call("uname", "the kernel", [&] { return ::uname(&system); }).has_value();
  Check kernel{"kernel", State::ok, known ? system.release : "unknown", ""};
  if (known && std::atoi(system.release) < 5) {  // NOLINT(cert-err34-c): the kernel's own text
    kernel.state = State::fail;
    kernel.remedy = "weft needs pidfds: Linux 5.3 or newer";
  }
  out.push_back(std::move(kernel));
  return out;
}

std::vector<Check> check_directory(const std::string& given) {
  const auto directory = transport::runtime_directory(given);
  if (!directory) {
    const auto finding = unseen(directory.error());
    return {{"directory", State::fail, finding.reason, finding.remedy}};
  }
  return {mode_of(*directory), leftovers(*directory)};
}

std::vector<Check> check_daemon(const std::string& given, const std::string& domain) {
  return {answer_of_daemon(given, domain), domains(given, domain)};
}

std::vector<Check> check_clock() {
  const auto wall = wall_now();
  const auto steady = now();
  timex state{};
  const int answer = sys::call("adjtimex", "the clock", [&] { return ::adjtimex(&state); }).value_or(-1);
  const bool synchronised = answer != -1 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  Check ntp{"ntp", State::ok, fmt::format("synchronised, at most {} us off", state.maxerror), ""};
  if (!synchronised) {
    ntp.state = State::warn;
    ntp.text = answer == -1 ? "cannot be read" : "the clock is not synchronised";
    ntp.remedy = "delays between hosts mean nothing without: start chrony or systemd-timesyncd";
  }
  const auto date = std::chrono::floor<std::chrono::days>(wall);
  Check clock{"clock", State::ok, "", ""};
  const auto apart = (wall_now() - wall) - (now() - steady);
  const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(apart).count();
  clock.text = fmt::format("realtime {} us from monotonic, resolution 1 ns", micro);
  if (date < std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)) {
    clock.state = State::fail;
    clock.text = "the wall clock is not set";
    clock.remedy = "set it: stamps and delays are measured by it";
  } else if (std::abs(micro) > 1000) {
    clock.state = State::warn;
    clock.remedy = "it was just set; stamps jump with it";
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
