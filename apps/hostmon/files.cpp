#include "hostmon/files.hpp"

#include <algorithm>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "hostmon/parse_process.hpp"

namespace weft::hostmon {

namespace {

constexpr std::size_t first_size = 16U << 10U;

Result<Fd> open_at(int directory, const char* name, int flags, std::string_view path) {
  return sys::open("open", path, [&] { return ::openat(directory, name, flags | O_CLOEXEC); });
}

}  // namespace

Result<Directory> Directory::open(std::string path) {
  WEFT_TRY(auto directory, open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY, path));
  return Directory(std::move(path), std::move(directory));
}

Result<std::string_view> Directory::read(const std::string& name, std::size_t limit) {
  const auto path = path_of(name);
  // O_NONBLOCK: a FIFO in a captured tree must not stop us.
  WEFT_TRY(const auto file, open_at(directory_.get(), name.c_str(), O_RDONLY | O_NONBLOCK, path));
  if (buffer_.empty()) buffer_.resize(first_size);
  std::size_t size = 0;
  while (true) {
    if (size == buffer_.size()) buffer_.resize(2 * size);
    WEFT_TRY(const auto got, sys::call("read", path, [&] {
               return ::read(file.get(), buffer_.data() + size, buffer_.size() - size);
             }));
    if (got == 0) return std::string_view(buffer_.data(), size);
    size += static_cast<std::size_t>(got);
    if (size > limit) return Error{Errc::too_big, fmt::format("{}: is longer than {} bytes", path, limit)};
  }
}

bool Directory::has(const std::string& name) const noexcept {
  return ::faccessat(directory_.get(), name.c_str(), F_OK, 0) == 0;
}

Result<void> Directory::list_pids(std::vector<std::int32_t>& pids) {
  pids.clear();
  WEFT_TRY(auto directory, open_at(directory_.get(), ".", O_RDONLY | O_DIRECTORY, path_));
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(directory.get()), close);
  if (!stream) return sys_error(errno, "list", path_);
  (void)directory.release();  // The stream's now.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): safe on a stream that nobody else has.
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
