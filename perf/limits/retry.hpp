// A system call that is made again when a signal broke it off, as after Ctrl-Z and fg.
//
// Threads   Any.
#pragma once

#include <cerrno>

namespace weft::perf::limits {

/// What the call answered; -1: errno says why, and it is not EINTR.
template <class Call>
auto retry(Call call) {
  auto answer = call();
  while (answer == -1 && errno == EINTR)
    answer = call();
  return answer;
}

}  // namespace weft::perf::limits
