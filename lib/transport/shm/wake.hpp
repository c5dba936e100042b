// A socket on which an end sleeps, and by which whoever has the other side of it wakes it.
//
// What      A pair of datagram sockets and no eventfd: what is sent with MSG_DONTWAIT never blocks, whatever another process
//           has done to the socket, and so a peer cannot hold up who wakes it.
// Threads   send_wake() by any; the rest by the end's thread.
#pragma once

#include <array>

#include <sys/socket.h>

#include "base/sys.hpp"

namespace weft::transport::shm {

/// To one who is not there any more, or is to be woken already, nothing is sent.
inline void send_wake(const Fd& to) noexcept {
  static_cast<void>(::send(to.get(), "", 1, MSG_DONTWAIT | MSG_NOSIGNAL));
}

class Wake final {
 public:
  /// Errors: resource_exhausted.
  static Result<Wake> create() {
    std::array<int, 2> ends{-1, -1};
    WEFT_CHECK(sys::call("socketpair", "shared memory", [&] {
      return ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data());
    }));
    return Wake(Fd(ends[0]), Fd(ends[1]));
  }
  /// To poll.
  [[nodiscard]] int fd() const noexcept { return in_.get(); }
  /// What peers are given.
  [[nodiscard]] const Fd& out() const noexcept { return out_; }
  void ring() const noexcept { send_wake(out_); }
  void clear() const noexcept {
    std::array<char, 8> bytes{};
    while (::recv(in_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
    }
  }

 private:
  Wake(Fd in, Fd out) noexcept : in_(std::move(in)), out_(std::move(out)) {}
  Fd in_;
  Fd out_;
};

}  // namespace weft::transport::shm
