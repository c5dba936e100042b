#include "transport/os_names.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_lock.hpp"
#include "base/foreign_text.hpp"
#include "base/sys.hpp"

namespace weft::transport {

namespace {

constexpr std::string_view lock_suffix = ".lock";
constexpr std::string_view daemon_prefix = "weftd-";
constexpr std::size_t max_domain = 32;
constexpr std::size_t context_digits = 16;
constexpr std::size_t max_own_name = context_digits + 1 + 8;
constexpr std::size_t max_directory = max_socket_path - 1 - max_own_name;

/// Whether it is our own directory that, if `closed`, nobody else may enter; errors say what is wrong.
Result<void> check_own(const std::string& path, bool closed) {
  struct stat found {};
  WEFT_CHECK(sys::call("lstat", path, [&] { return ::lstat(path.c_str(), &found); }));
  const auto refuse = [&](std::string_view why) {
    return Error{
        Errc::permission_denied,
        fmt::format("runtime directory {}: {}; set WEFT_RUNTIME_DIR, or ContextOptions::runtime_directory, "
                    "to a directory of your own",
                    path, why)};
  };
  if (S_ISLNK(found.st_mode)) return refuse("it is a symbolic link");
  if (!S_ISDIR(found.st_mode)) return refuse("it is not a directory");
  if (found.st_uid != ::geteuid()) return refuse(fmt::format("it belongs to user {}", found.st_uid));
  if (closed && (found.st_mode & 077) != 0) {
    return refuse(fmt::format("others may enter it (mode {:04o}, not 0700)", found.st_mode & 07777));
  }
  return {};
}

/// Without what lstat() would look through: the slash behind a name leads to what a link points to.
std::string_view bare(std::string_view path) {
  while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/.")))
    path.remove_suffix(1);
  return path;
}

Result<std::string> made(std::string path, bool closed) {
  auto directory = sys::call("mkdir", path, [&] { return ::mkdir(path.c_str(), 0700); });
  if (!directory && directory.error().code != Errc::in_use) {
    return std::move(directory).error().within("runtime directory");
  }
  WEFT_CHECK(check_own(path, closed));
  return path;
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, allowed);
}

bool is_hexadecimal(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_domain(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= max_domain && std::ranges::all_of(text, allowed);
}

Result<std::string> fitting(std::string path) {
  if (path.size() <= max_socket_path) return path;
  return Error{Errc::too_big,
               fmt::format("socket path {} has {} bytes, the kernel takes {}; choose a shorter one",
                           shown(path), path.size(), max_socket_path)};
}

/// One lock left by a killed program: its socket goes first, then the lock itself. False: somebody has it.
bool sweep_one(const std::string& lock) {
  const auto adopted = FileLock::adopt(lock);
  if (!adopted) return false;
  const auto socket = lock.substr(0, lock.size() - lock_suffix.size());
  struct stat found {};
  if (::lstat(socket.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) ::unlink(socket.c_str());
  return true;
}

}  // namespace

Result<std::string> runtime_directory(std::string_view given) {
  if (!given.empty()) {
    if (given[0] != '/') {
      return Error{
          Errc::invalid_argument,
          fmt::format("runtime directory \"{}\": give an absolute path, like /run/user/1000", shown(given))};
    }
    if (given.size() > max_directory) {
      return Error{Errc::too_big,
                   fmt::format("runtime directory {}: {} bytes, of which {} leave room for the names of "
                               "sockets; set WEFT_RUNTIME_DIR, or ContextOptions::runtime_directory, to a "
                               "shorter one",
                               shown(given), given.size(), max_directory)};
    }
    return made(std::string(bare(given)), false);
  }
  const auto usual = fmt::format("/run/user/{}", ::geteuid());
  if (check_own(usual, true)) return made(usual + "/weft", true);
  return made(fmt::format("/tmp/weft-{}", ::geteuid()), true);
}

Result<std::string> socket_path(std::string_view address, std::string_view runtime_directory) {
  std::string path(address);
  if (!address.starts_with('/')) {
    if (!is_name(address)) {
      return Error{
          Errc::invalid_argument,
          fmt::format(
              "ipc address \"{}\": give a name of letters, digits, '.', '_' and '-', like ipc://camera, "
              "or an absolute path, like ipc:///run/camera",
              shown(address))};
    }
    if (address.starts_with(daemon_prefix)) {
      return Error{Errc::invalid_argument,
                   fmt::format("ipc address \"{}\": names beginning with \"{}\" are the daemon's; choose "
                               "another one",
                               shown(address), daemon_prefix)};
    }
    path = fmt::format("{}/{}", runtime_directory, address);
  }
  if (path.ends_with('/') || path.ends_with(lock_suffix) || path.find('\0') != std::string::npos) {
    return Error{Errc::invalid_argument,
                 fmt::format("ipc address \"{}\": a socket's name does not end in '/' or \"{}\"",
                             shown(address), lock_suffix)};
  }
  return fitting(std::move(path));
}

Result<std::string> shared_socket_path(std::string_view address, std::string_view runtime_directory) {
  if (!is_name(address)) {
    return Error{
        Errc::invalid_argument,
        fmt::format("shm address \"{}\": give a name of letters, digits, '.', '_' and '-', like shm://camera",
                    shown(address))};
  }
  const bool own = address.size() > context_digits && address[context_digits] == '-' &&
                   std::ranges::all_of(address.substr(0, context_digits), is_hexadecimal);
  return fitting(fmt::format("{}/+{}", runtime_directory, own ? address.substr(0, context_digits) : address));
}

Result<std::string> daemon_socket(std::string_view domain, std::string_view runtime_directory) {
  if (!is_domain(domain)) {
    return Error{Errc::invalid_argument,
                 fmt::format("domain \"{}\": give 1 to {} of a-z, 0-9, '_' and '-', like robot-1",
                             shown(domain, 2 * max_domain), max_domain)};
  }
  return fitting(fmt::format("{}/{}{}", runtime_directory, daemon_prefix, domain));
}

std::string own_name(const wire::PortId& id) {
  return fmt::format("{:016x}-{:x}", id.context, id.port);
}

std::vector<std::string> daemon_domains(const std::string& runtime_directory) {
  std::vector<std::string> domains;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(runtime_directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const auto name = entry->path().filename().native();
    if (!name.starts_with(daemon_prefix) || name.ends_with(lock_suffix)) continue;
    if (auto domain = name.substr(daemon_prefix.size()); is_domain(domain))
      domains.push_back(std::move(domain));
  }
  std::sort(domains.begin(), domains.end());
  return domains;
}

std::vector<HeldSocket> held_sockets(const std::string& runtime_directory) {
  std::vector<HeldSocket> out;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(runtime_directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    auto name = entry->path().filename().native();
    if (!name.ends_with(lock_suffix) || name.starts_with(daemon_prefix)) continue;
    name.resize(name.size() - lock_suffix.size());
    if (const auto pid = FileLock::holder(entry->path().native())) out.push_back({std::move(name), *pid});
  }
  std::ranges::sort(out, {}, &HeldSocket::name);
  return out;
}

std::string lock_path(std::string_view socket_path) {
  return fmt::format("{}{}", socket_path, lock_suffix);
}

Result<std::size_t> sweep(const std::string& runtime_directory) {
  std::error_code failure;
  std::vector<std::string> locks;
  for (std::filesystem::directory_iterator entry(runtime_directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (entry->path().native().ends_with(lock_suffix)) locks.push_back(entry->path().native());
  }
  if (failure) return sys_error(failure.value(), "opendir", runtime_directory);
  return std::size_t(std::ranges::count_if(locks, sweep_one));
}

}  // namespace weft::transport
