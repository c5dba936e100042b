// What each process of a run does around its messages.
//
// Threads   The main thread.
#pragma once

#include <cstdio>
#include <string>

#include <sys/resource.h>

namespace weft::perf {

/// Of a processor, the program's own and the kernel's for it.
inline double seconds_of(const rusage& usage) noexcept {
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of this process so far.
inline double processor_seconds() noexcept {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage);
}

/// A line to whoever started this process.
inline void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

/// Until the other side has all.
inline void stay() {
  std::getchar();
}

}  // namespace weft::perf
