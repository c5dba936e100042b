#include "hostmon/files.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostmon/parse_process.hpp"

namespace weft::hostmon {

namespace {

constexpr std::size_t first_size = 16U << 10U;

int open_retrying(int at, const char* path, int flags) noexcept {
  int descriptor = -1;
  do {
    descriptor = ::openat(at, path, flags | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

struct Closer {
  int descriptor;
  explicit Closer(int open_descriptor) noexcept : descriptor(open_descriptor) {}
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  ~Closer() { ::close(descriptor); }
};

}  // namespace

Result<Directory> Directory::open(std::string path) {
  const int descriptor = open_retrying(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return sys_error(errno, "open directory", path);
  return Directory(std::move(path), descriptor);
}

Directory::Directory(Directory&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)) {}

Directory& Directory::operator=(Directory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

Directory::~Directory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string_view> Directory::read(const std::string& name, std::size_t limit) {
  // O_NONBLOCK: a FIFO in a captured tree must not stop us.
  const int descriptor = open_retrying(descriptor_, name.c_str(), O_RDONLY | O_NONBLOCK);
  if (descriptor < 0) return sys_error(errno, "open", path_of(name));
  const Closer closer(descriptor);
  if (buffer_.empty()) buffer_.resize(first_size);
  std::size_t size = 0;
  while (true) {
    if (size == buffer_.size()) buffer_.resize(2 * size);
    const auto got = ::read(descriptor, buffer_.data() + size, buffer_.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sys_error(errno, "read", path_of(name));
    if (got == 0) return std::string_view(buffer_.data(), size);
    size += static_cast<std::size_t>(got);
    if (size > limit) {
      return Error{Errc::too_big, fmt::format("{}: is longer than {} bytes", path_of(name), limit)};
    }
  }
}

bool Directory::has(const std::string& name) const noexcept {
  return ::faccessat(descriptor_, name.c_str(), F_OK, 0) == 0;
}

Result<void> Directory::list_pids(std::vector<std::int32_t>& pids) {
  pids.clear();
  const int descriptor = open_retrying(descriptor_, ".", O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return sys_error(errno, "open directory", path_);
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(descriptor), close);
  if (!stream) {
    const int reason = errno;
    ::close(descriptor);
    return sys_error(reason, "list directory", path_);
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    if (const auto pid = parse_pid(entry->d_name)) pids.push_back(*pid);
  }
  std::ranges::sort(pids);
  return {};
}

std::string Directory::path_of(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

}  // namespace weft::hostmon
