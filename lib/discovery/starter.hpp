// The starter: starts a daemon in the background, and learns how that went.
//
// What      Runs `PROGRAM --background --domain D --idle-stop 30`, which ends as soon as a daemon listens, its own or
//           another's. It is waited for by a descriptor that stands for it alone: no other child of the program is
//           touched, whatever the program does about SIGCHLD. It has no terminal, and of the environment only
//           WEFT_RUNTIME_DIR.
// Threads   One at a time. Never blocks.
// Caveats   A Starter that is dropped earlier leaves a child that the program, once it ends, hands on.
#pragma once

#include <string>
#include <utility>

#include <sys/types.h>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::discovery {

class Starter final {
 public:
  /// `program` is looked for in PATH if there is no slash in it. Errors: not_found, those of the kernel.
  static Result<Starter> start(const std::string& program, const std::string& domain,
                               const std::string& runtime_directory);

  /// Readable when outcome() can be asked for.
  [[nodiscard]] int fd() const noexcept { return ended_.get(); }
  /// Whether a daemon listens now, its own or another's. Errors: unavailable, with what it said. REQUIRES: fd() is
  /// readable; once.
  Result<void> outcome();

 private:
  Starter(std::string program, Fd ended, Fd complaints) noexcept
      : program_(std::move(program)), ended_(std::move(ended)), complaints_(std::move(complaints)) {}

  std::string program_;
  Fd ended_;       // the process
  Fd complaints_;  // its standard error
};

}  // namespace weft::discovery
