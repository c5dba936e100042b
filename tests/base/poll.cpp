#include "base/poll.hpp"

#include <array>
#include <csignal>

#include <catch2/catch.hpp>
#include <sys/eventfd.h>
#include <sys/time.h>

#include "base/fd.hpp"

using namespace weft;
using namespace std::chrono_literals;

namespace {

/// Signals that interrupt this program every millisecond.
class Signals final {
 public:
  Signals() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGALRM, &action, &before_) == 0);
    const itimerval often{{0, 1000}, {0, 1000}};
    REQUIRE(::setitimer(ITIMER_REAL, &often, nullptr) == 0);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  struct sigaction before_ {};
};

}  // namespace

// Each signal once began the whole wait anew, so that it never ended.
TEST_CASE("a wait ends at its deadline, however often signals interrupt it") {
  const Signals signals;
  std::array<pollfd, 1> nothing{{{-1, POLLIN, 0}}};
  CHECK(sys::poll(nothing, 20ms, "nothing").value() == 0);
}

TEST_CASE("a wait ends when a descriptor is ready, and says how many are") {
  const Fd event(::eventfd(1, EFD_CLOEXEC));
  std::array<pollfd, 2> polled{{{event.get(), POLLIN, 0}, {-1, POLLIN, 0}}};
  CHECK(sys::poll(polled, Deadline::none(), "an event").value() == 1);
  CHECK(polled[0].revents == POLLIN);
}
