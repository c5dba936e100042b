// The processes of a host and the processor time that each used between its last two readings.
//
// What      A pure table: the caller reads files and says what it saw. The caller may read only some
//           processes at a time; each is measured over its own interval, so shares stay right, some are
//           merely older.
// Threads   One at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "hostmon/parse_process.hpp"
#include "topics/host.hpp"

namespace weft::hostmon {

/// The catalogue's state for the kernel's letter.
topics::host::ProcessState to_state(char letter) noexcept;

class ProcessTable final {
 public:
  /// `ticks_per_second` as sysconf _SC_CLK_TCK, `page_size` in bytes. REQUIRES: both > 0.
  ProcessTable(std::uint32_t ticks_per_second, std::uint32_t page_size) noexcept
      : ticks_per_second_(ticks_per_second), page_size_(page_size) {}

  /// Forgets every process whose id is not in `pids`. REQUIRES: ascending order.
  void retain(std::span<const std::int32_t> pids);
  /// Takes a reading. A process that is new, or whose id now belongs to another, uses 0 until its next one.
  void observe(const PidStat& stat, Instant now);
  /// The `limit` processes that used most, the most first; of equal ones the lower id.
  [[nodiscard]] std::vector<topics::host::Process> top(std::size_t limit) const;

 private:
  struct Entry {
    topics::host::Process process;
    std::uint64_t start_ticks = 0;
    std::uint64_t used_ticks = 0;
    Instant at;
  };
  void measure(Entry& entry, std::uint64_t used_ticks, Instant now);

  std::vector<Entry> entries_;  // Ascending by pid.
  std::uint32_t ticks_per_second_;
  std::uint32_t page_size_;
};

}  // namespace weft::hostmon
