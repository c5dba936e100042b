// Meters: from counters at two moments to shares and rates.
//
// What      A meter keeps the counters of its last reading; `update` gives what happened since, or nothing
//           when there is nothing yet to compare with (the first reading, or no time passed). Pure: no file
//           is read and no clock; a new device counts from its second reading on.
// Threads   One at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "hostmon/parse.hpp"
#include "topics/host.hpp"

namespace weft::hostmon {

/// One moment on both clocks: `wall` goes into messages, `instant` measures intervals.
struct Moment {
  Time wall;
  Instant instant;
  static Moment now() noexcept { return {wall_now(), weft::now()}; }
};

class CpuMeter final {
 public:
  /// Nothing also while no core has counted a clock tick (10 ms) since the last answer.
  std::optional<topics::host::Cpu> update(SystemStat stat, Moment now);

 private:
  SystemStat last_;
  std::optional<Instant> at_;
};

class DiskMeter final {
 public:
  std::optional<topics::host::Disks> update(std::vector<DiskCounters> disks, Moment now);

 private:
  std::vector<DiskCounters> last_;
  std::optional<Instant> at_;
};

/// An interface's counters with what /sys says of it.
struct InterfaceReading {
  InterfaceCounters counters;
  bool up = false;
  std::optional<std::uint64_t> speed;  ///< Bits per second.
};

class NetworkMeter final {
 public:
  std::optional<topics::host::Network> update(std::vector<InterfaceReading> interfaces, Moment now);

 private:
  std::vector<InterfaceReading> last_;
  std::optional<Instant> at_;
};

/// The values that need no second reading.
topics::host::Memory to_memory(const MemInfo& info, Moment now);
topics::host::Load to_load(const LoadAverage& load, Duration uptime, Moment now);
topics::host::ResourcePressure to_pressure(const PressureFile& file);

}  // namespace weft::hostmon
