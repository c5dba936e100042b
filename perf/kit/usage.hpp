// Usage: what this process has used between two moments.
//
// Threads   One at a time.
#pragma once

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "kit/side.hpp"

namespace weft::perf {

class Usage final {
 public:
  void begin() noexcept { before_ = read(); }

  /// Since begin(): processor seconds and context switches; and the most memory that it ever had.
  [[nodiscard]] nlohmann::json until_now() const {
    const auto after = read();
    return {{"processor", seconds_of(after) - seconds_of(before_)},
            {"switches", switches_of(after) - switches_of(before_)},
            {"peak_kib", after.ru_maxrss}};
  }

 private:
  static rusage read() noexcept {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage;
  }
  static long switches_of(const rusage& usage) noexcept { return usage.ru_nvcsw + usage.ru_nivcsw; }

  rusage before_{};
};

}  // namespace weft::perf
