// A run's process: this very program, started again with a Task, and read line by line.
//
// Threads   One at a time.
// Lifetime  Dropping it kills the process.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "base/fd.hpp"
#include "base/time.hpp"
#include "common/interrupt.hpp"
#include "thinness/sides.hpp"

namespace weft::perf {

class Process final {
 public:
  /// Errors: resource_exhausted.
  static Result<Process> start(const Task& task);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) = delete;
  ~Process();

  /// The next line that it prints. Errors: timeout, unavailable if it ended, cancelled on Ctrl-C.
  Result<std::string> line(app::Interrupt& interrupt, Deadline deadline);
  /// Tells it that it may end, and waits for that. Errors: as line(), internal if it failed.
  Result<void> finish(app::Interrupt& interrupt, Deadline deadline);

 private:
  Result<bool> read_more(app::Interrupt& interrupt, Deadline deadline);
  Process(pid_t id, Fd input, Fd output) noexcept
      : id_(id), input_(std::move(input)), output_(std::move(output)) {}

  pid_t id_;
  Fd input_;
  Fd output_;
  std::string text_;  // read, and not yet handed out
};

/// The arguments that make main() perform the task.
std::vector<std::string> arguments_of(const Task& task);

}  // namespace weft::perf
