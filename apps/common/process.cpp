#include "common/process.hpp"

#include <array>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "common/output.hpp"

namespace weft::app {

namespace {

struct Pipe {
  Fd out;
  Fd in;

  static Result<Pipe> create() {
    std::array<int, 2> ends{-1, -1};
    WEFT_CHECK(sys::call("pipe2", "a child process", [&] { return ::pipe2(ends.data(), O_CLOEXEC); }));
    return Pipe{Fd(ends[0]), Fd(ends[1])};
  }
};

/// Writes the kernel's error to `failure`, which closes by itself where there is none.
[[noreturn]] void become(const char* program, const std::vector<char*>& arguments, int input, int output,
                         int failure) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::execv(program, arguments.data());
  const int error = errno;
  ::_exit(::write(failure, &error, sizeof error) > 0 ? 127 : 126);
}

}  // namespace

Result<Process> Process::start(const std::string& program, std::vector<std::string> arguments) {
  auto name = program.substr(program.rfind('/') + 1);
  std::vector<char*> words{name.data()};
  for (auto& word : arguments)
    words.push_back(word.data());
  words.push_back(nullptr);
  WEFT_TRY(auto input, Pipe::create());
  WEFT_TRY(auto output, Pipe::create());
  WEFT_TRY(auto failure, Pipe::create());
  WEFT_TRY(const auto id, sys::call("fork", "a child process", [] { return ::fork(); }));
  if (id == 0) become(program.c_str(), words, input.out.get(), output.in.get(), failure.in.get());
  Process process(id, std::move(input.in), std::move(output.out));
  failure.in.reset();
  int error = 0;
  WEFT_TRY(const auto failed, sys::call("read", "a child process",
                                        [&] { return ::read(failure.out.get(), &error, sizeof error); }));
  if (failed != 0) return sys_error(error, "execv", program);
  return process;
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      text_(std::move(other.text_)) {}

Process::~Process() {
  kill();
}

void Process::kill() noexcept {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(std::exchange(id_, -1), nullptr, 0);
}

Result<void> Process::tell(std::string_view line) {
  return write_all(input_.get(), std::string(line) + "\n", "a child process");
}

Result<void> Process::wait(int fd, Interrupt& interrupt, Deadline deadline) {
  WEFT_TRY(const auto woken, interrupt.wait(fd, deadline));
  if (woken == Interrupt::Woken::interrupted) return Error{Errc::cancelled, "interrupted"};
  if (woken == Interrupt::Woken::timed_out)
    return Error{Errc::timeout, "a child process neither says anything nor ends"};
  return {};
}

/// False at the end of its output.
Result<bool> Process::read_more(Interrupt& interrupt, Deadline deadline) {
  if (deadline.has_passed(now())) return Error{Errc::timeout, "a child process does not end what it says"};
  WEFT_CHECK(wait(output_.get(), interrupt, deadline));
  return read();
}

Result<bool> Process::read() {
  std::array<char, 4096> some{};
  WEFT_TRY(const auto got,
           sys::call("read", "a child", [&] { return ::read(output_.get(), some.data(), some.size()); }));
  text_.append(some.data(), std::size_t(got));
  if (text_.size() > most_unread)
    return Error{Errc::too_big, fmt::format("a child process says more than {} bytes at once", most_unread)};
  return got != 0;
}

std::optional<std::string> Process::read_line() {
  const auto end = text_.find('\n');
  if (end == std::string::npos) return {};
  auto line = text_.substr(0, end);
  text_.erase(0, end + 1);
  return line;
}

Result<std::string> Process::line(Interrupt& interrupt, Deadline deadline) {
  for (;;) {
    if (auto line = read_line()) return *std::move(line);
    WEFT_TRY(const bool more, read_more(interrupt, deadline));
    if (!more) return Error{Errc::unavailable, "a child process ended without a result"};
  }
}

Result<void> Process::finish(Interrupt& interrupt, Deadline deadline) {
  input_.reset();
  for (bool more = true; more;) {
    WEFT_TRY(more, read_more(interrupt, deadline));
  }
  WEFT_TRY(const auto end, sys::open("pidfd_open", "a child process",
                                     [&] { return int(::syscall(SYS_pidfd_open, id_, 0)); }));
  WEFT_CHECK(wait(end.get(), interrupt, deadline));
  int status = 0;
  WEFT_CHECK(sys::call("waitpid", "a child process", [&] { return ::waitpid(id_, &status, 0); }));
  id_ = -1;
  if (status != 0)
    return Error{Errc::internal, fmt::format("a child process failed with status {:#x}", status)};
  return {};
}

}  // namespace weft::app
