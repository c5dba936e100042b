#include "transport/shm/budget.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace weft::transport::shm {

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// What must be left to others.
constexpr std::uint64_t reserve = 16 << 20;

/// The first number of a file; nothing where it is not there, or says "max".
std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

/// What the machine can give without swapping.
std::uint64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  std::uint64_t kib = 0;
  for (std::string unit; file >> name >> kib; std::getline(file, unit)) {
    if (name == "MemAvailable:") return kib << 10;
  }
  return unlimited;
}

/// The directory of this process's cgroup of version 2; empty where there is none.
std::string cgroup_directory() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) return "/sys/fs/cgroup" + line.substr(3);
  }
  return {};
}

struct Room {
  std::uint64_t bytes = unlimited;
  std::string of;  ///< The cgroup.
};

/// The least that this process's cgroup and those around it have left.
Room cgroup_room() {
  Room least;
  auto directory = cgroup_directory();
  while (directory.size() >= std::string_view("/sys/fs/cgroup").size()) {
    while (directory.ends_with('/'))
      directory.pop_back();
    const auto most = number_in(directory + "/memory.max");
    const auto used = number_in(directory + "/memory.current");
    if (most && used) {
      const auto room = *most > *used ? *most - *used : 0;
      if (room < least.bytes) least = {room, directory};
    }
    directory.resize(directory.rfind('/'));
  }
  return least;
}

std::uint64_t half_of_memory() {
  const auto pages = std::uint64_t(std::max(::sysconf(_SC_PHYS_PAGES), 0L));
  return pages * std::uint64_t(::sysconf(_SC_PAGESIZE)) / 2;
}

Error exhausted(std::uint64_t bytes, std::uint64_t left, const std::string& of, const char* remedy) {
  return Error{
      Errc::resource_exhausted,
      fmt::format("shared memory: {} bytes are wanted, and {} has {} left; {}", bytes, of, left, remedy)};
}

}  // namespace

Budget::Budget(std::uint64_t limit)
    : limit_(limit != 0 ? limit : half_of_memory()), used_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}

Result<Budget::Share> Budget::take(std::uint64_t bytes) {
  rlimit file_size{};
  if (::getrlimit(RLIMIT_FSIZE, &file_size) == 0 && bytes > file_size.rlim_cur)
    return exhausted(bytes, file_size.rlim_cur, "a file (RLIMIT_FSIZE)",
                     "raise it, as by ulimit -f unlimited");
  const auto free = available_memory();
  if (bytes > free || free - bytes < reserve)
    return exhausted(bytes, free, "the machine", "send less at a time, with a smaller depth, or add memory");
  const auto group = cgroup_room();
  if (bytes > group.bytes || group.bytes - bytes < reserve)
    return exhausted(bytes, group.bytes, "the cgroup " + group.of,
                     "raise its memory.max, or use a smaller depth");
  const auto before = used_->fetch_add(bytes, std::memory_order_relaxed);  // a sum only: pairs with nothing
  Share share(used_, bytes);
  if (before > limit_ || bytes > limit_ - before) {
    return exhausted(bytes, limit_ - std::min(before, limit_), "the budget (ContextOptions::shared_memory)",
                     "raise it, or use a smaller depth");
  }
  return share;
}

}  // namespace weft::transport::shm
