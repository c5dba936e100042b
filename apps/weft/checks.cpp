#include "weft/checks.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

#include "base/time.hpp"
#include "transport/os_names.hpp"
#include "transport/registry.hpp"

namespace weft::tool {

namespace {

using State = Check::State;

constexpr std::uint64_t enough_descriptors = 4096;
constexpr std::uint64_t enough_shared_memory = 64 << 20;
constexpr std::uint64_t enough_locked_memory = 64 << 10;

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
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {"descriptors", State::warn, "cannot be read", ""};
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
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return {"locked memory", State::warn, "cannot be read", ""};
  Check out{"locked memory", State::ok, limit_text(limit.rlim_cur, true), ""};
  if (limit.rlim_cur >= enough_locked_memory) return out;
  out.state = State::warn;
  out.remedy = "ulimit -l 65536, or LimitMEMLOCK= in the unit";
  return out;
}

Check shared_memory() {
  struct statvfs found {};
  if (::statvfs("/dev/shm", &found) != 0)
    return {"shared memory", State::fail, "/dev/shm: " + std::generic_category().message(errno),
            "mount a tmpfs on /dev/shm"};
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
  if (::lstat(path.c_str(), &found) != 0)
    return {"directory", State::fail, path + ": " + std::generic_category().message(errno), ""};
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

}  // namespace

std::string_view to_string(Check::State state) noexcept {
  switch (state) {
    case State::ok:
      return "ok";
    case State::warn:
      return "warn";
    default:
      return "fail";
  }
}

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
  const bool known = ::uname(&system) == 0;
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
  if (!directory) return {{"directory", State::fail, directory.error().message, "see the message"}};
  return {mode_of(*directory), leftovers(*directory)};
}

std::vector<Check> check_clock() {
  const auto wall = wall_now();
  const auto steady = now();
  timex state{};
  const int answer = ::adjtimex(&state);
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

}  // namespace weft::tool
