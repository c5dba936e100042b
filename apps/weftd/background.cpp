#include "weftd/background.hpp"

#include <array>
#include <limits>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "base/sys.hpp"

namespace weft::daemon {

namespace {

constexpr char began_well = 0;  // instead of an Errc, the first byte of a report

Result<void> await(const Fd& report) {
  std::array<char, 4096> text{};
  std::string said;
  for (;;) {
    WEFT_TRY(const auto length, sys::call("read", "the daemon's beginning",
                                          [&] { return ::read(report.get(), text.data(), text.size()); }));
    if (length == 0) break;
    said.append(text.data(), std::size_t(length));
  }
  if (said.empty()) return Error{Errc::internal, "the daemon ended before it began"};
  if (said[0] == began_well) return {};
  return Error{static_cast<Errc>(said[0]), said.substr(1)};
}

}  // namespace

Result<std::optional<Background>> Background::enter() {
  WEFT_CHECK(sys::call("close_range", "inherited descriptors", [] {
    return ::close_range(STDERR_FILENO + 1, std::numeric_limits<unsigned>::max(), 0);
  }));
  std::array<int, 2> ends{};
  WEFT_CHECK(sys::call("pipe2", "the daemon", [&] { return ::pipe2(ends.data(), O_CLOEXEC); }));
  Fd report(ends[0]);
  Fd its_end(ends[1]);
  WEFT_TRY(const auto child, sys::call("fork", "the daemon", [] { return ::fork(); }));
  if (child != 0) {
    its_end.reset();
    WEFT_CHECK(await(report));
    return std::optional<Background>();
  }
  WEFT_CHECK(sys::call("setsid", "the daemon", [] { return ::setsid(); }));
  WEFT_CHECK(sys::call("chdir", "/", [] { return ::chdir("/"); }));
  return std::optional(Background(std::move(its_end)));
}

void Background::tell(const Result<void>& beginning) {
  std::string said(1, began_well);
  if (!beginning) said = static_cast<char>(beginning.error().code) + beginning.error().message;
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(null.get(), standard);
  // Fails only where the parent was killed: then nobody waits.
  [[maybe_unused]] const auto written = ::write(report_.get(), said.data(), said.size());
  report_.reset();
}

}  // namespace weft::daemon
