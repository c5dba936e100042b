#include "examples/whole_file.hpp"

#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"

namespace weft::examples {

namespace {

Result<void> write_all(int fd, BytesView bytes, const std::string& name) {
  while (!bytes.empty()) {
    WEFT_TRY(const auto written,
             sys::call("write", name, [&] { return ::write(fd, bytes.data(), bytes.size()); }));
    bytes = bytes.subspan(std::size_t(written));
  }
  return {};
}

Result<void> write_part(const std::string& part, BytesView bytes, Lasting lasting) {
  WEFT_TRY(const auto file, sys::open("open", shown(part), [&] {
             return ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
           }));
  WEFT_CHECK(write_all(file.get(), bytes, shown(part)));
  if (lasting == Lasting::until_reboot) return {};
  WEFT_CHECK(sys::call("fsync", shown(part), [&] { return ::fsync(file.get()); }));
  return {};
}

}  // namespace

Result<Bytes> read_whole(const std::string& path, std::size_t most) {
  // Non-blocking: a pipe by that name is not waited for.
  WEFT_TRY(const auto file, sys::open("open", shown(path), [&] {
             return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
           }));
  struct stat status {};
  WEFT_CHECK(sys::call("fstat", shown(path), [&] { return ::fstat(file.get(), &status); }));
  if (!S_ISREG(status.st_mode)) return Error{Errc::invalid_argument, shown(path) + ": not a plain file"};
  if (std::uint64_t(status.st_size) > most) {
    return Error{Errc::too_big,
                 fmt::format("{}: {} bytes, at most {} are read", shown(path), status.st_size, most)};
  }
  Bytes bytes(std::size_t(status.st_size));
  std::size_t size = 0;
  while (size < bytes.size()) {
    WEFT_TRY(const auto got, sys::call("read", shown(path), [&] {
               return ::read(file.get(), bytes.data() + size, bytes.size() - size);
             }));
    if (got == 0) break;  // it has become shorter meanwhile
    size += std::size_t(got);
  }
  bytes.resize(size);
  return bytes;
}

Result<void> write_whole(const std::string& path, BytesView bytes, Lasting lasting) {
  const auto part = path + ".part";
  auto written = write_part(part, bytes, lasting);
  if (written) {
    auto renamed = sys::call("rename", shown(part), [&] { return ::rename(part.c_str(), path.c_str()); });
    if (!renamed) written = std::move(renamed).error();
  }
  if (!written) {
    ::unlink(part.c_str());
    return written;
  }
  if (lasting == Lasting::until_reboot) return {};
  return sync_folder(std::filesystem::path(path).parent_path());
}

Result<void> sync_folder(const std::string& folder) {
  const auto place = folder.empty() ? std::string(".") : folder;
  WEFT_TRY(const auto opened, sys::open("open", shown(place), [&] {
             return ::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
           }));
  WEFT_CHECK(sys::call("fsync", shown(place), [&] { return ::fsync(opened.get()); }));
  return {};
}

}  // namespace weft::examples
