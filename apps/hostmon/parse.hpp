// The kernel's system-wide files under /proc, as values.
//
// What      One pure function a file: its text in, its values out, in the kernel's own units (see each field).
//           Fields and lines that newer kernels added are ignored; those that every kernel since 4.4 writes
//           must be there.
// Errors    Errc::malformed, "line N: <field>: <why>"; the caller adds which file it was.
// Threads   Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace weft::hostmon {

/// Time spent since boot, in clock ticks (sysconf _SC_CLK_TCK, 100 a second on Linux). `user` and `nice`
/// contain the time given to guests.
struct CpuTimes {
  std::uint64_t user = 0;
  std::uint64_t nice = 0;
  std::uint64_t system = 0;
  std::uint64_t idle = 0;
  std::uint64_t iowait = 0;
  std::uint64_t irq = 0;
  std::uint64_t softirq = 0;
  std::uint64_t steal = 0;
};

struct CoreTimes {
  std::uint32_t id = 0;
  CpuTimes times;
};

/// /proc/stat.
struct SystemStat {
  CpuTimes total;
  std::vector<CoreTimes> cores;        ///< Ascending by id; offline cores are absent.
  std::uint64_t context_switches = 0;  ///< Since boot.
  std::uint64_t forks = 0;             ///< Since boot, processes and threads.
  std::uint64_t boot_time = 0;         ///< Seconds since 1970-01-01 UTC.
  std::uint32_t running = 0;           ///< Threads running or ready to run.
  std::uint32_t blocked = 0;           ///< Threads waiting for a disk.
};
Result<SystemStat> parse_stat(std::string_view text);

/// /proc/meminfo, in bytes.
struct MemInfo {
  std::uint64_t total = 0;
  std::uint64_t free = 0;
  std::optional<std::uint64_t> available;  ///< Absent in some containers.
  std::uint64_t buffers = 0;
  std::uint64_t cached = 0;
  std::uint64_t reclaimable = 0;
  std::uint64_t shared = 0;
  std::uint64_t dirty = 0;
  std::uint64_t writeback = 0;
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
};
Result<MemInfo> parse_meminfo(std::string_view text);

/// /proc/loadavg.
struct LoadAverage {
  double one = 0;      ///< Threads running or blocked, averaged over 1 minute.
  double five = 0;     ///< ... 5 minutes.
  double fifteen = 0;  ///< ... 15 minutes.
  std::uint32_t running = 0;
  std::uint32_t threads = 0;
};
Result<LoadAverage> parse_loadavg(std::string_view text);

/// /proc/uptime: the time since boot, suspended time included.
Result<Duration> parse_uptime(std::string_view text);

/// One line of /proc/diskstats: counters since the device appeared.
struct DiskCounters {
  std::string name;  ///< As the kernel writes it ("sda", "cciss/c0d0").
  std::uint64_t reads = 0;
  std::uint64_t sectors_read = 0;  ///< Of 512 bytes, whatever the device's own sector size.
  std::uint32_t read_ms = 0;       ///< Wraps after 49.7 days of summed waiting.
  std::uint64_t writes = 0;
  std::uint64_t sectors_written = 0;
  std::uint32_t write_ms = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t busy_ms = 0;
  std::uint32_t queue_ms = 0;  ///< Busy time weighted by requests in flight.
};
Result<std::vector<DiskCounters>> parse_diskstats(std::string_view text);

/// One interface of /proc/net/dev: counters since it appeared.
struct NetCounters {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t errors = 0;
  std::uint64_t drops = 0;
};
struct InterfaceCounters {
  std::string name;
  NetCounters received;
  NetCounters sent;
};
Result<std::vector<InterfaceCounters>> parse_net_dev(std::string_view text);

/// One line of a file under /proc/pressure.
struct PressureLine {
  double avg10 = 0;  ///< Share of time, 0..1, of the last 10 s.
  double avg60 = 0;
  double avg300 = 0;
  std::uint64_t total_us = 0;  ///< Since boot.
};
struct PressureFile {
  PressureLine some;
  std::optional<PressureLine> full;  ///< Absent for cpu before kernel 5.13.
};
Result<PressureFile> parse_pressure(std::string_view text);

}  // namespace weft::hostmon
