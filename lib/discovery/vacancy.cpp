#include "discovery/vacancy.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_lock.hpp"
#include "base/sys.hpp"
#include "transport/os_names.hpp"

namespace weft::discovery {
namespace {

Error taken(std::string_view what, const std::string& path) {
  return Error{Errc::in_use, fmt::format("{} {}: there is something else", what, path)};
}

/// As FileLock::acquire sees it. A lock that nobody holds is a dead daemon's, which the next takes over.
Result<void> check_lock(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0 && errno == ENOENT) return {};
  if (!S_ISREG(there.st_mode)) return taken("lock", path);
  WEFT_TRY(const auto fd, sys::open("open", path, [&] {
             return ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
           }));
  // Shared, and for a moment: who takes it just now waits that long.
  const auto locked = sys::call("flock", path, [&] { return ::flock(fd.get(), LOCK_SH | LOCK_NB); });
  if (locked || locked.error().sys_errno != EWOULDBLOCK) return {};
  const auto holder = FileLock::holder(path);
  return Error{Errc::in_use, fmt::format("lock {}: {} holds it, and does not listen", path,
                                         holder ? fmt::format("process {}", *holder) : "a process")};
}

Result<void> check_socket(const std::string& path) {
  struct stat there {};
  const bool none = ::lstat(path.c_str(), &there) != 0;
  return none || S_ISSOCK(there.st_mode) ? Result<void>() : taken("socket", path);
}

/// A file can be made there, and holds something. It has no name: whoever is killed here leaves nothing.
Result<void> check_room(const std::string& directory) {
  const auto fd = sys::open("make a file in", directory, [&] {
    return ::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  });
  if (!fd && fd.error().sys_errno == EOPNOTSUPP) return {};  // a file system that has no such files
  if (!fd) return fd.error();
  WEFT_CHECK(
      sys::call("write to a file in", directory, [&] { return ::write(fd->get(), "weft", sizeof "weft"); }));
  return {};
}

}  // namespace

Result<void> check_vacancy(const std::string& runtime_directory, const std::string& domain) {
  WEFT_TRY(const auto socket, transport::daemon_socket(domain, runtime_directory));
  WEFT_CHECK(check_lock(transport::lock_path(socket)));
  WEFT_CHECK(check_socket(socket));
  return check_room(runtime_directory);
}

}  // namespace weft::discovery
