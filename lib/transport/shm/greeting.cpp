#include "transport/shm/greeting.hpp"

#include <algorithm>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/sys.hpp"
#include "transport/shm/wake.hpp"

namespace weft::transport::shm {

namespace {

/// Of text in one packet: what any socket takes at once.
constexpr std::size_t most_text = 32 << 10;
/// Of text in all: more than any announcement with an address.
constexpr std::size_t most_text_in_all = 512 << 10;
constexpr std::size_t most_fds = 4;
/// Packets that wait for an other who does not read: a link has a few regions.
constexpr std::size_t most_waiting = 256;

union Control {
  std::array<char, CMSG_SPACE(most_fds * sizeof(int))> bytes;
  cmsghdr aligned;
};

std::vector<Fd> fds_of(msghdr& header) {
  std::vector<Fd> fds;
  for (auto* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each) + i * sizeof fd, sizeof fd);
      fds.emplace_back(fd);
    }
  }
  return fds;
}

Result<void> check(const Greeting& greeting) {
  if (greeting.magic != magic)
    return Error{Errc::malformed, "who connects over shared memory is no weft program"};
  if (greeting.version != version) {
    return Error{
        Errc::incompatible,
        fmt::format(
            "a program of another weft: its shared memory is of version {}, ours of {}; build both with "
            "the same",
            greeting.version, version)};
  }
  return {};
}

}  // namespace

bool Connection::send(const Greeting& greeting, std::string_view text, const std::vector<int>& fds) {
  const std::lock_guard lock(mutex_);
  bool waits = flush_locked();
  const auto pass = [&](const Greeting& next, std::string_view part, const std::vector<int>& own) {
    if (!waits && send_now(next, part, own)) return;
    waits = true;
    if (waiting_.size() >= most_waiting) return;  // it does not listen, and learns nothing more
    auto& kept = waiting_.emplace_back(Waiting{next, std::string(part), {}});
    for (const int fd : own)
      kept.fds.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  };
  for (; text.size() > most_text; text.remove_prefix(most_text))
    pass({.kind = Greeting::Kind::more}, text.substr(0, most_text), {});
  pass(greeting, text, fds);
  return waits;
}

void Connection::ring() noexcept {
  const std::lock_guard lock(mutex_);
  if (wake_) send_wake(wake_);
}

void Connection::close() noexcept {
  const std::lock_guard lock(mutex_);
  socket_.reset();
  wake_.reset();
  waiting_.clear();
}

bool Connection::flush() {
  const std::lock_guard lock(mutex_);
  return flush_locked();
}

bool Connection::flush_locked() {
  while (!waiting_.empty()) {
    const auto& next = waiting_.front();
    std::vector<int> fds;
    for (const auto& fd : next.fds)
      fds.push_back(fd.get());
    if (!send_now(next.greeting, next.text, fds)) return true;
    waiting_.pop_front();
  }
  return false;
}

/// False: the socket is full. To one who has gone everything is as good as sent.
bool Connection::send_now(const Greeting& greeting, std::string_view text, const std::vector<int>& fds) {
  std::array<iovec, 2> parts{iovec{const_cast<Greeting*>(&greeting), sizeof greeting},
                             iovec{const_cast<char*>(text.data()), text.size()}};
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  Control control{};
  if (!fds.empty()) {
    header.msg_control = control.bytes.data();
    header.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    auto* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(rights), fds.data(), fds.size() * sizeof(int));
  }
  const auto sent = sys::call("sendmsg", "a peer",
                              [&] { return ::sendmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL); });
  const int failure = sent ? 0 : sent.error().sys_errno;
  return failure != EAGAIN && failure != ENOBUFS && failure != ETOOMANYREFS;
}

Result<std::optional<Packet>> Connection::receive() {
  for (;;) {
    Packet packet;
    packet.text.resize(most_text);
    std::array<iovec, 2> parts{iovec{&packet.greeting, sizeof packet.greeting},
                               iovec{packet.text.data(), packet.text.size()}};
    Control control{};
    msghdr header{};
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    header.msg_control = control.bytes.data();
    header.msg_controllen = control.bytes.size();
    const auto got = sys::call("recvmsg", "a peer", [&] {
      return ::recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    });
    if (!got && got.error().sys_errno == EAGAIN) return std::optional<Packet>();
    if (!got || *got == 0) return Error{Errc::unavailable, "the peer has gone"};
    packet.fds = fds_of(header);
    if (std::size_t(*got) < sizeof packet.greeting || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
      return Error{Errc::malformed, "who connects over shared memory says what is no greeting"};
    WEFT_CHECK(check(packet.greeting));
    packet.text.resize(std::size_t(*got) - sizeof packet.greeting);
    if (text_.size() + packet.text.size() > most_text_in_all)
      return Error{Errc::too_big, "who connects over shared memory says too much"};
    text_ += packet.text;
    if (packet.greeting.kind == Greeting::Kind::more) continue;
    packet.text = std::exchange(text_, {});
    return std::optional<Packet>(std::move(packet));
  }
}

}  // namespace weft::transport::shm
