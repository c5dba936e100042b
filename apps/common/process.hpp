// A child process: a program that is started, read line by line, and told to end.
//
// What      Its standard input stays open until finish(), so that it knows how long it is wanted.
// Threads   One at a time.
// Lifetime  Dropping it kills the process.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/fd.hpp"
#include "base/time.hpp"
#include "common/interrupt.hpp"

namespace weft::app {

class Process final {
 public:
  /// Starts `program` with these arguments; it ends with us, however we end. Errors: the kernel's, also why it does not
  /// execute it.
  static Result<Process> start(const std::string& program, std::vector<std::string> arguments);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) = delete;
  ~Process();

  [[nodiscard]] pid_t id() const noexcept { return id_; }
  /// kill -9, and waits for its end.
  void kill() noexcept;

  /// Gives it a line to read. Errors: unavailable, it has ended.
  Result<void> tell(std::string_view line);
  /// Readable when it has printed something, or ended.
  [[nodiscard]] int output() const noexcept { return output_.get(); }
  /// The next whole line of what was read.
  std::optional<std::string> read_line();
  /// Reads what there is, or waits for it; false if it has ended. Errors: the kernel's; too_big, it says more than
  /// anybody takes.
  Result<bool> read();
  /// The next line that it prints. Errors: timeout, unavailable if it ended, cancelled on Ctrl-C.
  Result<std::string> line(Interrupt& interrupt, Deadline deadline);
  /// Tells it that it may end, and waits for that. Errors: as line(), internal if it failed.
  Result<void> finish(Interrupt& interrupt, Deadline deadline);

 private:
  static constexpr std::size_t most_unread = 64 << 20;

  static Result<void> wait(int fd, Interrupt& interrupt, Deadline deadline);
  Result<bool> read_more(Interrupt& interrupt, Deadline deadline);
  Process(pid_t id, Fd input, Fd output) noexcept
      : id_(id), input_(std::move(input)), output_(std::move(output)) {}

  pid_t id_;
  Fd input_;
  Fd output_;
  std::string text_;  // read, and not yet handed out
};

/// This very program, to be started again in another role.
inline constexpr const char* this_program = "/proc/self/exe";

}  // namespace weft::app
