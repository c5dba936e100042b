#include "common/output.hpp"

#include <algorithm>
#include <array>
#include <climits>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/poll.hpp"
#include "base/sys.hpp"
#include "common/interrupt.hpp"

namespace weft::app {

namespace {

constexpr std::size_t piece = PIPE_BUF;  // a pipe that has room has room for so much

Result<void> wait_for_room(int fd, std::string_view object) {
  std::array<pollfd, 2> polled{{{fd, POLLOUT, 0}, {-1, POLLIN, 0}}};
  WEFT_TRY(const int ready, sys::poll({polled.data(), 1}, Deadline::passed(), object));
  if (ready != 0) return {};
  WEFT_TRY(const auto signals, open_signals());
  polled[1].fd = signals.get();
  WEFT_CHECK(sys::poll(polled, Deadline::none(), object));
  if (polled[0].revents != 0) return {};
  return Error{Errc::cancelled, fmt::format("interrupted, while nobody reads {}", object), EINTR};
}

}  // namespace

// The wrong way round: what is missing must not seem to work.
void fill_standard_descriptors() noexcept {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) == -1) ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

Result<void> write_all(int fd, std::string_view text, std::string_view object) {
  while (!text.empty()) {
    WEFT_CHECK(wait_for_room(fd, object));
    const auto written =
        sys::call("write", object, [&] { return ::write(fd, text.data(), std::min(text.size(), piece)); });
    if (written) {
      text.remove_prefix(std::size_t(*written));
    } else if (written.error().sys_errno != EAGAIN) {
      return written.error();
    }
  }
  return {};
}

Result<void> print(std::string_view text) {
  return write_all(STDOUT_FILENO, text, "standard output");
}

}  // namespace weft::app
