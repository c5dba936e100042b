#include "discovery/listener.hpp"

#include <array>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/unix_address.hpp"
#include "transport/os_names.hpp"

namespace weft::discovery {

namespace {

Result<void> remove_stale(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return Error{Errc::in_use, fmt::format("socket {}: there is something else; move it away", path)};
  }
  WEFT_CHECK(sys::call("unlink", path, [&] { return ::unlink(path.c_str()); }));
  return {};
}

Result<Fd> listen_at(const std::string& path) {
  WEFT_TRY(const auto address, unix_address(path));
  WEFT_TRY(auto socket, sys::open("socket", path, [] {
             return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
           }));
  // Before it has a name: nobody else may connect at any moment.
  WEFT_CHECK(sys::call("fchmod", path, [&] { return ::fchmod(socket.get(), 0600); }));
  WEFT_CHECK(sys::call("bind", path, [&] { return ::bind(socket.get(), generic(address), sizeof address); }));
  WEFT_CHECK(sys::call("listen", path, [&] { return ::listen(socket.get(), SOMAXCONN); }));
  return socket;
}

/// Of the file at the path; 0 where there is none.
ino_t inode_at(const std::string& path) noexcept {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

/// An inotify descriptor for what is removed from a socket's directory.
Result<Fd> watch_removals(const std::string& path) {
  WEFT_TRY(auto watch,
           sys::open("inotify_init1", path, [] { return ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }));
  const auto directory = path.substr(0, path.rfind('/'));
  constexpr auto what = IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF;
  WEFT_CHECK(sys::call("inotify_add_watch", directory,
                       [&] { return ::inotify_add_watch(watch.get(), directory.c_str(), what); }));
  return watch;
}

bool out_of_descriptors(const Error& error) {
  return error.sys_errno == EMFILE || error.sys_errno == ENFILE;
}

/// Nobody is there, or not any more.
bool is_nobody(const Error& error) {
  return error.sys_errno == EAGAIN || error.sys_errno == ECONNABORTED;
}

Result<Fd> open_spare() {
  return sys::open("open", "/dev/null", [] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); });
}

}  // namespace

Result<Listener> Listener::open(const std::string& path) {
  WEFT_TRY(auto lock, FileLock::acquire(transport::lock_path(path)));
  WEFT_CHECK(remove_stale(path));
  WEFT_TRY(auto spare, open_spare());
  WEFT_TRY(auto socket, listen_at(path));
  Listener listener(path, std::move(lock), std::move(socket));
  listener.spare_ = std::move(spare);
  listener.inode_ = inode_at(path);
  if (auto removals = watch_removals(path)) listener.removals_ = *std::move(removals);
  return listener;
}

Listener::~Listener() {
  if (socket_ && inode_at(path_) == inode_) ::unlink(path_.c_str());
}

bool Listener::is_in_place() const noexcept {
  return lock_.is_in_place() && inode_at(path_) == inode_;
}

void Listener::forget_removals() noexcept {
  alignas(inotify_event) std::array<char, 4096> events;  // NOLINT: what is in it does not matter
  while (::read(removals_.get(), events.data(), events.size()) > 0) {
  }
}

Result<Fd> Listener::take_in() {
  return sys::open("accept4", path_,
                   [&] { return ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK); });
}

Result<std::optional<Listener::Newcomer>> Listener::accept() {
  if (!spare_) {
    WEFT_TRY(spare_, open_spare());
  }
  auto socket = take_in();
  const bool crowded = !socket && out_of_descriptors(socket.error());
  if (crowded) {
    spare_.reset();
    socket = take_in();
  }
  if (socket) return std::optional(Newcomer{*std::move(socket), crowded});
  if (is_nobody(socket.error())) return std::optional<Newcomer>();
  return std::move(socket).error();
}

}  // namespace weft::discovery
