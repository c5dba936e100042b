// Usage: what this process has used between two moments.
//
// Threads   One at a time.
#pragma once

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>
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

class Usage final {
 public:
  void begin() noexcept { before_ = read(); }

  /// Since begin(): processor seconds and context switches; and the most memory that it ever had.
  [[nodiscard]] nlohmann::json until_now() const {
    const auto after = read();
    return {{"processor", seconds_of(after) - seconds_of(before_)},
            {"switches", switches_of(after) - switches_of(before_)},
            {"peak_kib", peak_kib()}};
  }

 private:
  static rusage read() noexcept {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage;
  }
  /// Not rusage's, which knows the memory of who started the process, too.
  static long peak_kib() {
    std::ifstream status("/proc/self/status");
    const std::string wanted = "VmHWM:";
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with(wanted)) return std::stol(line.substr(wanted.size()));
    }
    return 0;
  }
  static long switches_of(const rusage& usage) noexcept { return usage.ru_nvcsw + usage.ru_nivcsw; }

  rusage before_{};
};

}  // namespace weft::perf
