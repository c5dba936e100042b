#include "run/wait_set.hpp"

#include <array>

#include <sys/epoll.h>

#include "base/sys.hpp"

namespace weft {

namespace {

constexpr std::size_t most_at_once = 64;
constexpr auto what = "a wait set";
constexpr auto woken = ~WaitSet::Token{0};

Result<void> watch(int epoll, int fd, WaitSet::Token token) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = token;
  WEFT_CHECK(sys::call("epoll_ctl", what, [&] { return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event); }));
  return {};
}

}  // namespace

Result<WaitSet> WaitSet::create() {
  WEFT_TRY(auto epoll, sys::open("epoll_create1", what, [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_TRY(auto waker, run::Waker::create());
  WEFT_CHECK(watch(epoll.get(), waker.fd(), woken));
  return WaitSet(std::move(epoll), std::move(waker));
}

WaitSet::WaitSet(Fd epoll, run::Waker waker) : epoll_(std::move(epoll)), waker_(std::move(waker)) {
  ready_.reserve(most_at_once);
}

Result<void> WaitSet::add_fd(int fd, Token token) {
  if (token == woken)
    return Error{Errc::invalid_argument, "a wait set's tokens are below 2^64 - 1: that one is its own"};
  auto watched = watch(epoll_.get(), fd, token);
  if (!watched && watched.error().code == Errc::in_use)
    return Error{Errc::in_use, "it is in the wait set already: remove it first, to give it another token"};
  return watched;
}

void WaitSet::remove_fd(int fd) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);  // fails only if it is not there
}

Result<std::span<const WaitSet::Token>> WaitSet::wait(Deadline deadline) {
  std::array<epoll_event, most_at_once> events{};
  WEFT_TRY(const auto count, sys::call("epoll_pwait2", what, [&] {
             const auto left = deadline.left(now());
             const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
             return ::epoll_pwait2(epoll_.get(), events.data(), int(events.size()),
                                   deadline.is_none() ? nullptr : &timeout, nullptr);
           }));
  ready_.clear();
  for (const auto& event : std::span(events).first(std::size_t(count))) {
    if (event.data.u64 == woken) {
      waker_.clear();
    } else {
      ready_.push_back(event.data.u64);
    }
  }
  return std::span<const Token>(ready_);
}

}  // namespace weft
