// The process at the other end of a Unix socket, as the kernel vouches for it.
//
// Threads   A value that moves.
// Caveats   The process that connected or listened: whoever inherited the descriptor since is not seen.
#pragma once

#include <sys/types.h>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::discovery {

struct Process {
  pid_t pid = 0;  ///< 0: in a namespace that is not seen from here.
  uid_t uid = 0;
  /// Readable once the process has ended and has let go of all that it held. None where the kernel gives none, or
  /// where it had ended before it could be asked for; then end of file must do.
  Fd pidfd;
};

/// A descriptor that is readable once that process has ended. Errors: those of the kernel.
Result<Fd> open_pidfd(pid_t pid);

/// Errors: those of the kernel.
Result<Process> process_at(int socket);

}  // namespace weft::discovery
