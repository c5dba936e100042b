#include "limits/parties.hpp"

#include <csignal>
#include <utility>

#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/poll.hpp"
#include "base/sys.hpp"
#include "kit/cores.hpp"

namespace weft::perf::limits {

namespace {

[[noreturn]] void play(const Party& party, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(ECHILD);  // It ended before it would have been noticed.
  if (party.processor) {
    if (const auto pinned = pin(*party.processor); !pinned) ::_exit(pinned.error().sys_errno);
  }
  ::_exit(party.work());
}

/// A party's process. Dropping it kills it.
class Child final {
 public:
  static Result<Child> fork(const Party& party) {
    const auto parent = ::getpid();
    WEFT_TRY(const auto id, sys::call("fork", "a party", [] { return ::fork(); }));
    if (id == 0) play(party, parent);
    Child child(id);
    WEFT_TRY(child.ended_,
             sys::open("pidfd_open", "a party", [&] { return int(::syscall(SYS_pidfd_open, id, 0)); }));
    return child;
  }
  Child(Child&& other) noexcept : id_(std::exchange(other.id_, -1)), ended_(std::move(other.ended_)) {}
  Child& operator=(Child&& other) = delete;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }

  /// Readable once it has ended.
  [[nodiscard]] int fd() const noexcept { return ended_.get(); }

  /// REQUIRES: it has ended.
  Result<void> result(std::string_view what) {
    int status = 0;
    ::waitpid(std::exchange(id_, -1), &status, 0);
    if (WIFSIGNALED(status))
      return Error{Errc::unavailable,
                   fmt::format("{}: a party was killed by signal {}", what, WTERMSIG(status))};
    if (const int code = WEXITSTATUS(status); code != 0) return sys_error(code, what, "a party");
    return {};
  }

 private:
  explicit Child(pid_t id) noexcept : id_(id) {}
  pid_t id_;
  Fd ended_;
};

/// Until all have ended well, or the first has not.
Result<void> watch(const app::Interrupt& interrupt, std::vector<Child>& children, std::string_view what) {
  std::vector<pollfd> polled{{interrupt.fd(), POLLIN, 0}};
  for (const auto& child : children)
    polled.push_back({child.fd(), POLLIN, 0});
  for (auto left = children.size(); left != 0;) {
    WEFT_CHECK(sys::poll(polled, Deadline::none(), what));
    if (polled[0].revents != 0) return Error{Errc::cancelled, "interrupted"};
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (polled[i + 1].revents == 0) continue;
      WEFT_CHECK(children[i].result(what));
      polled[i + 1].fd = -1;  // poll() passes over it, with no events.
      --left;
    }
  }
  return {};
}

}  // namespace

Result<void> run_together(const app::Interrupt& interrupt, const std::vector<Party>& parties,
                          std::string_view what) {
  std::vector<Child> children;
  children.reserve(parties.size());
  for (const auto& party : parties) {
    WEFT_TRY(auto child, Child::fork(party));
    children.push_back(std::move(child));
  }
  return watch(interrupt, children, what);
}

}  // namespace weft::perf::limits
