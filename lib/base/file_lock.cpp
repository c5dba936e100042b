#include "base/file_lock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <optional>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/sys.hpp"
#include "base/time.hpp"

namespace weft {

namespace {

using namespace std::chrono_literals;

/// How long somebody who holds the lock without having written his name may take: he is sweeping, or just
/// began.
constexpr auto patience = 200ms;

/// How every lock file of ours begins; the holder's process id follows.
constexpr std::string_view signature = "weft lock ";

std::string read(int fd) {
  std::array<char, 32> text{};
  const auto length = ::pread(fd, text.data(), text.size(), 0);
  return {text.data(), std::size_t(std::max<ssize_t>(length, 0))};
}

/// An empty one is of a process that was killed before it had written its name.
bool is_ours(const std::string& text) {
  return text.empty() || text.starts_with(signature);
}

/// The process that the file names, if it is alive.
std::optional<pid_t> named_by(int fd) {
  const auto text = read(fd);
  pid_t pid = 0;
  if (!text.starts_with(signature)) return {};
  const auto* digits = text.data() + signature.size();
  if (std::from_chars(digits, text.data() + text.size(), pid).ec != std::errc{} || pid <= 0) return {};
  if (::kill(pid, 0) != 0 && errno == ESRCH) return {};
  return pid;
}

/// Whether the path still leads to the file that we have open: its holder may have removed it meanwhile.
bool is_at(int fd, const std::string& path) noexcept {
  struct stat ours {};
  struct stat there {};
  return ::fstat(fd, &ours) == 0 && ::lstat(path.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
         ours.st_dev == there.st_dev;
}

/// One try: the locked file, or nothing and who holds it, as far as that can be said.
struct Attempt {
  Fd fd;
  bool held = false;  ///< Neither this nor fd: the file vanished under us; try again.
  std::optional<pid_t> holder;
};

Result<Attempt> try_lock(const std::string& path, int flags) {
  WEFT_TRY(auto fd, sys::open("open", path, [&] {
             return ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0600);
           }));
  struct stat there {};
  if (::fstat(fd.get(), &there) != 0 || !S_ISREG(there.st_mode)) {
    return Error{Errc::in_use, fmt::format("lock {}: not a file of weft's; move it away", path)};
  }
  auto locked = sys::call("flock", path, [&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); });
  if (!locked && locked.error().sys_errno == EWOULDBLOCK) return Attempt{Fd(), true, named_by(fd.get())};
  if (!locked) return std::move(locked).error();
  return Attempt{is_at(fd.get(), path) ? std::move(fd) : Fd(), false, std::nullopt};
}

Error in_use(const std::string& path, const Attempt& attempt) {
  const auto who =
      attempt.holder ? fmt::format("process {}", *attempt.holder) : std::string("another process");
  return Error{Errc::in_use, fmt::format("lock {}: held by {}; stop it or choose another name", path, who)};
}

/// Writes our name, `pid` 0 for nobody's. The file is_ours() at every moment.
Result<void> sign(int fd, const std::string& path, pid_t pid) {
  const auto text = fmt::format("{}{}\n", signature, pid);
  WEFT_CHECK(sys::call("write", path, [&] { return ::pwrite(fd, text.data(), text.size(), 0); }));
  WEFT_CHECK(sys::call("ftruncate", path, [&] { return ::ftruncate(fd, off_t(text.size())); }));
  return {};
}

}  // namespace

Result<FileLock> FileLock::acquire(std::string path) {
  const auto until = now() + patience;
  for (;;) {
    WEFT_TRY(auto attempt, try_lock(path, O_CREAT));
    if (attempt.fd) {
      FileLock lock(std::move(path), std::move(attempt.fd));
      WEFT_CHECK(sign(lock.fd_.get(), lock.path_, ::getpid()));
      return lock;
    }
    if (attempt.held && (attempt.holder || now() >= until)) return in_use(path, attempt);
    std::this_thread::yield();
  }
}

Result<FileLock> FileLock::adopt(std::string path) {
  WEFT_TRY(auto attempt, try_lock(path, 0));
  if (attempt.held) return in_use(path, attempt);
  if (!attempt.fd || !is_ours(read(attempt.fd.get()))) {
    return Error{Errc::not_found, fmt::format("lock {}: not a lock of weft's", path)};
  }
  FileLock lock(std::move(path), std::move(attempt.fd));
  WEFT_CHECK(sign(lock.fd_.get(), lock.path_, 0));
  return lock;
}

std::optional<int> FileLock::holder(const std::string& path) {
  const auto fd = sys::open(
      "open", path, [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); });
  if (!fd) return std::nullopt;
  // Shared, and for a moment: who acquires it just now waits that long for a holder without a name.
  const auto locked = sys::call("flock", path, [&] { return ::flock(fd->get(), LOCK_SH | LOCK_NB); });
  if (locked || locked.error().sys_errno != EWOULDBLOCK) return std::nullopt;
  return named_by(fd->get());
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    release();
    path_ = std::move(other.path_);
    fd_ = std::move(other.fd_);
  }
  return *this;
}

bool FileLock::is_in_place() const noexcept {
  return is_at(fd_.get(), path_);
}

FileLock::~FileLock() {
  release();
}

// Removed while it is still locked: whoever opened this file before will find that it is not at the path any
// more.
void FileLock::release() noexcept {
  if (!fd_) return;
  if (is_in_place()) ::unlink(path_.c_str());
  fd_.reset();
}

}  // namespace weft
