#include "common/interrupt.hpp"

#include <array>
#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

#include "base/poll.hpp"
#include "base/sys.hpp"

namespace weft::app {

namespace {

sigset_t watched() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Result<Fd> open_signals() {
  const auto set = watched();
  return sys::open("signalfd", "SIGINT, SIGTERM",
                   [&] { return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK); });
}

Result<Interrupt> Interrupt::create() {
  const auto set = watched();
  if (const int failed = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); failed != 0) {
    return sys_error(failed, "pthread_sigmask", "SIGINT, SIGTERM");
  }
  std::signal(SIGPIPE, SIG_IGN);
  WEFT_TRY(auto signals, open_signals());
  return Interrupt(std::move(signals));
}

void Interrupt::end_at_once() noexcept {
  const auto set = watched();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void Interrupt::forget() noexcept {
  signalfd_siginfo one{};
  while (::read(signals_.get(), &one, sizeof one) == sizeof one) {
  }
}

// It is not read: whoever else waits for it (output.cpp) is to see it, too.
bool Interrupt::requested() const {
  pollfd polled{signals_.get(), POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

Result<Interrupt::Woken> Interrupt::wait(int fd, Deadline deadline) const {
  if (requested()) return Woken::interrupted;
  std::array<pollfd, 2> polled{{{signals_.get(), POLLIN, 0}, {fd, POLLIN, 0}}};
  WEFT_TRY(const int ready, sys::poll(polled, deadline, "messages"));
  if (requested()) return Woken::interrupted;
  return ready == 0 ? Woken::timed_out : Woken::ready;
}

}  // namespace weft::app
