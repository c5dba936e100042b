// Sampler: reads /proc and /sys and says what happened since it last did.
//
// What      One method a source, each on its own: a missing or damaged file spoils the answer of its method
//           and no other's. An empty optional is "nothing yet" (a rate needs two readings) or, for pressure,
//           "not on this kernel"; neither is an error.
// Threads   One at a time.
// Errors    name the file, and the line if its contents are wrong: "/proc/stat: line 3: user: ...".
// Cost      40 to 100 us a source, and about 20 us for each process that top() reads: nearly all in the
//           kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "hostmon/files.hpp"
#include "hostmon/meters.hpp"
#include "hostmon/process_table.hpp"
#include "topics/host.hpp"

namespace weft::hostmon {

struct SamplerOptions {
  std::string proc = "/proc";            ///< Where the kernel's process file system, or a captured one, is.
  std::string sys = "/sys";              ///< The same for the device file system.
  std::size_t top = 10;                  ///< How many processes top() reports, 0 to 1000.
  std::size_t scan = 512;                ///< How many processes top() reads at most in one call, from 1.
  std::uint32_t ticks_per_second = 100;  ///< Unit of processor times: sysconf _SC_CLK_TCK.
  std::uint32_t page_size = 4096;        ///< Unit of resident sizes in bytes: sysconf _SC_PAGESIZE.
};

/// Default options with this machine's units.
SamplerOptions options_of_this_machine();

class Sampler final {
 public:
  /// Errors: proc is not a directory that can be read; invalid_argument for options out of range.
  static Result<Sampler> open(SamplerOptions options);

  Result<std::optional<topics::host::Cpu>> cpu(Moment now);
  Result<topics::host::Memory> memory(Moment now);
  Result<topics::host::Load> load(Moment now);
  /// Whole devices only, as far as /sys tells, and without those that were never used.
  Result<std::optional<topics::host::Disks>> disks(Moment now);
  Result<std::optional<topics::host::Network>> network(Moment now);
  Result<std::optional<topics::host::Pressure>> pressure(Moment now);
  /// Reads at most `scan` processes, going on where the last call ended, and the last answer's ones.
  Result<std::optional<topics::host::TopProcesses>> top(Moment now);

  /// One process. Errors: invalid_argument for an id below 1, not_found when there is none (any more).
  Result<topics::host::ProcessDetails> process(std::int32_t pid, Moment now);

 private:
  struct Link {
    bool up = false;
    std::optional<std::uint64_t> speed;
  };

  Sampler(SamplerOptions options, Directory proc, std::optional<Directory> sys);
  bool is_whole_disk(const std::string& name);
  InterfaceReading read_interface(InterfaceCounters counters);
  std::optional<std::uint64_t> read_speed(const std::string& name);
  Result<topics::host::ResourcePressure> read_pressure(const char* resource);
  void read_processes(Moment now);
  void read_process(std::int32_t pid, Moment now);
  Duration ticks(std::uint64_t count) const;

  SamplerOptions options_;
  Directory proc_;
  std::optional<Directory> sys_;
  CpuMeter cpu_;
  DiskMeter disks_;
  NetworkMeter network_;
  ProcessTable processes_;
  std::map<std::string, bool> whole_disks_;  // What /sys said of each device.
  std::map<std::string, Link> links_;        // What it said of each interface.
  std::vector<std::int32_t> pids_;
  std::vector<std::int32_t> last_top_;
  std::int32_t last_read_pid_ = 0;
  std::optional<Instant> last_top_at_;
};

}  // namespace weft::hostmon
