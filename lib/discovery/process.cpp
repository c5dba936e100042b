#include "discovery/process.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sys.hpp"

namespace weft::discovery {

namespace {

#ifdef SO_PEERPIDFD
constexpr int peer_pidfd = SO_PEERPIDFD;
#else
constexpr int peer_pidfd = 77;  // Linux 6.5, younger than the headers
#endif

/// Whether nobody is at the other end any more.
bool hung_up(int socket) {
  pollfd polled{socket, POLLRDHUP, 0};
  return ::poll(&polled, 1, 0) != 0;
}

/// Of the process with that number. It is the one that connected if that had not ended afterwards: until then the
/// kernel gives its number to nobody else.
Fd open_by_number(int socket, pid_t pid) {
  if (pid <= 0) return {};
  auto pidfd = open_pidfd(pid);
  if (!pidfd || hung_up(socket)) return {};
  return *std::move(pidfd);
}

Fd pidfd_of(int socket, pid_t pid) {
  int descriptor = -1;
  socklen_t size = sizeof descriptor;
  if (::getsockopt(socket, SOL_SOCKET, peer_pidfd, &descriptor, &size) == 0) return Fd(descriptor);
  return open_by_number(socket, pid);
}

}  // namespace

Result<Fd> open_pidfd(pid_t pid) {
  // The C library's own declaration is not for C++ before glibc 2.37.
  return sys::open("pidfd_open", "a process", [&] { return int(::syscall(SYS_pidfd_open, pid, 0)); });
}

Result<Process> process_at(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  WEFT_CHECK(sys::call("getsockopt", "SO_PEERCRED",
                       [&] { return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size); }));
  return Process{credentials.pid, credentials.uid, pidfd_of(socket, credentials.pid)};
}

}  // namespace weft::discovery
