// Histogram: how often which value came, to three significant digits, whatever its size.
//
// What      Log-linear, as HdrHistogram has it (Gil Tene, http://hdrhistogram.org): values below 2,048 are counted each by
//           itself; above, each doubling is divided into 1,024 equal parts. So a value is never told more than 0.1 % too
//           high, and never too low. Values are whole numbers, of nanoseconds mostly.
// Threads   One at a time.
// Cost      record() is a few instructions, and never allocates. A Histogram takes 430 KiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"

namespace weft::perf {

class Histogram final {
 public:
  Histogram();

  /// What is greater than 2^62 counts as that.
  void record(std::uint64_t value) noexcept { record(value, 1); }
  void record(std::uint64_t value, std::uint64_t times) noexcept;
  void add(const Histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Exact. REQUIRES: count() != 0.
  [[nodiscard]] std::uint64_t least() const noexcept { return least_; }
  [[nodiscard]] std::uint64_t most() const noexcept { return most_; }
  [[nodiscard]] double mean() const noexcept;
  /// The least value that a part `q` (0 to 1) of all do not exceed (nearest rank), as the greatest that is counted with it,
  /// and never more than most(). REQUIRES: count() != 0.
  [[nodiscard]] std::uint64_t quantile(double q) const noexcept;

  /// For another process or a file: an array of pairs of a value, the greatest that is counted with it, and how often.
  [[nodiscard]] nlohmann::json to_json() const;
  /// Errors: malformed.
  static Result<Histogram> from_json(const nlohmann::json& json);

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t least_ = UINT64_MAX;
  std::uint64_t most_ = 0;
  double sum_ = 0;
};

}  // namespace weft::perf
