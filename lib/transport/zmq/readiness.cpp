#include "transport/zmq/readiness.hpp"

#include <cstdint>
#include <ctime>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/sys.hpp"

namespace weft::transport::zeromq {

Result<Readiness> Readiness::create(std::initializer_list<int> sources) {
  WEFT_TRY(auto poll, sys::open("epoll_create1", "an end", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_TRY(auto event,
           sys::open("eventfd", "an end", [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
  const auto add = [&](int source) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    return sys::call("epoll_ctl", "an end",
                     [&] { return ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, source, &interest); });
  };
  WEFT_CHECK(add(event.get()));
  for (const int source : sources)
    WEFT_CHECK(add(source));
  return Readiness(std::move(poll), std::move(event));
}

void Readiness::raise() noexcept {
  if (raised_) return;
  const std::uint64_t one = 1;
  raised_ = ::write(event_.get(), &one, sizeof one) == sizeof one;
}

void Readiness::clear() noexcept {
  if (!raised_) return;
  std::uint64_t count = 0;
  raised_ = ::read(event_.get(), &count, sizeof count) != sizeof count;
}

void Readiness::wait(Duration longest) const noexcept {
  pollfd polled{poll_.get(), POLLIN, 0};
  constexpr std::int64_t second = 1'000'000'000;
  const timespec timeout{longest.count() / second, longest.count() % second};
  ::ppoll(&polled, 1, longest == Duration::max() ? nullptr : &timeout, nullptr);
}

}  // namespace weft::transport::zeromq
