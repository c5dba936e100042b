#include "transport/shm/region.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/sys.hpp"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace weft::transport::shm {

namespace {

constexpr const char* what = "shared memory";
constexpr int fixed_size = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

Result<Mapping> map(const Fd& fd, std::size_t bytes, int protection) {
  auto* at = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) return sys_error(errno, "mmap", fmt::format("{} bytes of {}", bytes, what));
  return Mapping(std::span(static_cast<std::byte*>(at), bytes));
}

/// Not one that could be cut short, or has other pages than the usual ones: touching those may end the process.
Result<void> check(const Fd& fd, std::size_t bytes, Access access) {
  const auto refuse = [&](const char* why) {
    return Error{Errc::malformed, fmt::format("a peer's {} {}", what, why)};
  };
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  const int wanted = access == Access::maker_writes ? fixed_size | F_SEAL_FUTURE_WRITE : fixed_size;
  if (seals < 0 || (seals & wanted) != wanted) return refuse("is not sealed");
  struct statfs system {};
  if (::fstatfs(fd.get(), &system) != 0 || system.f_type != TMPFS_MAGIC) return refuse("is of another kind");
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0 || std::uint64_t(found.st_size) != bytes)
    return refuse("has another size");
  // One that is not allocated would take its memory from us.
  if (std::uint64_t(found.st_blocks) * 512 < bytes) return refuse("is not allocated");
  return {};
}

}  // namespace

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

Result<Region> make_region(std::size_t bytes, Access access, Budget& budget) {
  WEFT_TRY(auto share, budget.take(bytes));
  WEFT_TRY(auto fd, sys::open("memfd_create", what,
                              [] { return ::memfd_create("weft", MFD_CLOEXEC | MFD_ALLOW_SEALING); }));
  WEFT_CHECK(sys::call("fallocate", what, [&] { return ::fallocate(fd.get(), 0, 0, off_t(bytes)); }));
  WEFT_TRY(auto mapping, map(fd, bytes, PROT_READ | PROT_WRITE));
  const int seals = access == Access::maker_writes ? fixed_size | F_SEAL_FUTURE_WRITE : fixed_size;
  WEFT_CHECK(sys::call("fcntl", what, [&] { return ::fcntl(fd.get(), F_ADD_SEALS, seals); }));
  return Region{std::move(fd), std::move(mapping), std::move(share)};
}

Result<Mapping> map_region(const Fd& fd, std::size_t bytes, Access access) {
  WEFT_CHECK(check(fd, bytes, access));
  return map(fd, bytes, access == Access::maker_writes ? PROT_READ : PROT_READ | PROT_WRITE);
}

}  // namespace weft::transport::shm
