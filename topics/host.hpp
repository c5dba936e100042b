// What a host measures of itself: processors, memory, load, disks, network, pressure, processes, alerts.
//
// What      One message a source, each complete in itself; published by weft-hostmon, alerts by weft-alerts.
// Units     Sizes in bytes, rates per second, times as Duration, shares of a whole as 0..1.
//           Rates and shares are of the `interval` that ended at `stamp`.
// Caveats   A source that the host does not have (pressure on an old kernel) is simply not published.
//           Process details show command lines to whoever may call the service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"

namespace weft::topics::host {

/// Where processor time went, as shares of the interval; they sum to 1.
struct CpuShares {
  double user = 0;       ///< In programs, guests included.
  double nice = 0;       ///< In programs of lowered priority.
  double system = 0;     ///< In the kernel.
  double interrupt = 0;  ///< In hard and soft interrupt handlers.
  double steal = 0;      ///< Taken by the hypervisor for others.
  double iowait = 0;     ///< Idle while a disk request was outstanding.
  double idle = 0;
  WEFT_MESSAGE("host/CpuShares", user, nice, system, interrupt, steal, iowait, idle)
};

struct CpuCore {
  std::uint32_t id = 0;  ///< The kernel's number; offline cores leave gaps.
  CpuShares shares;
  WEFT_MESSAGE("host/CpuCore", id, shares)
};

struct Cpu {
  Time stamp;
  Duration interval{};
  CpuShares total;              ///< Over all cores.
  double busy = 0;              ///< Share of `total` that is neither idle nor iowait.
  std::vector<CpuCore> cores;   ///< Ascending by id.
  double context_switches = 0;  ///< Per second.
  double forks = 0;             ///< Processes and threads begun per second.
  std::uint32_t running = 0;    ///< Threads running or ready to run at `stamp`.
  std::uint32_t blocked = 0;    ///< Threads waiting for a disk at `stamp`.
  WEFT_MESSAGE("host/Cpu", stamp, interval, total, busy, cores, context_switches, forks, running, blocked)
};

/// All sizes in bytes, at `stamp`.
struct Memory {
  Time stamp;
  std::uint64_t total = 0;
  std::uint64_t free = 0;         ///< Used for nothing at all.
  std::uint64_t available = 0;    ///< Obtainable by programs without swapping.
  std::uint64_t buffers = 0;      ///< Cached blocks of devices.
  std::uint64_t cached = 0;       ///< Cached contents of files, shared memory included.
  std::uint64_t reclaimable = 0;  ///< The kernel's own caches.
  std::uint64_t shared = 0;       ///< Shared memory and tmpfs.
  std::uint64_t dirty = 0;        ///< Waiting to be written to a disk.
  std::uint64_t writeback = 0;    ///< Being written to a disk.
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
  double used = 0;       ///< Share of `total` that is not available.
  double swap_used = 0;  ///< Share of `swap_total` in use; 0 without swap.
  WEFT_MESSAGE("host/Memory", stamp, total, free, available, buffers, cached, reclaimable, shared, dirty,
               writeback, swap_total, swap_free, used, swap_used)
};

/// Numbers of threads running or blocked, as the kernel averages them.
struct Load {
  Time stamp;
  double one = 0;             ///< Over 1 minute.
  double five = 0;            ///< Over 5 minutes.
  double fifteen = 0;         ///< Over 15 minutes.
  std::uint32_t running = 0;  ///< Threads running or ready to run at `stamp`.
  std::uint32_t threads = 0;  ///< Threads that exist.
  Duration uptime{};          ///< Since boot, suspended time included.
  WEFT_MESSAGE("host/Load", stamp, one, five, fifteen, running, threads, uptime)
};

struct Disk {
  std::string name;                    ///< The kernel's, without "/dev/".
  double read_bytes = 0;               ///< Bytes per second.
  double written_bytes = 0;            ///< Bytes per second.
  double reads = 0;                    ///< Requests completed per second.
  double writes = 0;                   ///< Requests completed per second.
  Duration read_time{};                ///< Mean of a request from queueing to completion; 0 without requests.
  Duration write_time{};               ///< The same for writes.
  double busy = 0;                     ///< Share of the interval with a request outstanding.
  double queue = 0;                    ///< Mean number of requests outstanding.
  std::uint32_t in_flight = 0;         ///< Requests outstanding at `stamp`.
  std::uint64_t total_read_bytes = 0;  ///< Bytes since the device appeared.
  std::uint64_t total_written_bytes = 0;  ///< Bytes since the device appeared.
  WEFT_MESSAGE("host/Disk", name, read_bytes, written_bytes, reads, writes, read_time, write_time, busy,
               queue, in_flight, total_read_bytes, total_written_bytes)
};

/// Whole devices that were ever used; partitions are part of theirs.
struct Disks {
  Time stamp;
  Duration interval{};
  std::vector<Disk> disks;
  WEFT_MESSAGE("host/Disks", stamp, interval, disks)
};

/// One direction of an interface.
struct Traffic {
  double bytes = 0;               ///< Bytes per second.
  double packets = 0;             ///< Packets per second.
  double errors = 0;              ///< Damaged packets per second.
  double drops = 0;               ///< Packets per second that had no room.
  std::uint64_t total_bytes = 0;  ///< Bytes since the interface appeared.
  WEFT_MESSAGE("host/Traffic", bytes, packets, errors, drops, total_bytes)
};

struct Interface {
  std::string name;
  bool up = false;                     ///< Able to pass packets, as far as the kernel knows.
  std::optional<std::uint64_t> speed;  ///< Bits per second of the link; absent where it has none.
  Traffic received;
  Traffic sent;
  WEFT_MESSAGE("host/Interface", name, up, speed, received, sent)
};

struct Network {
  Time stamp;
  Duration interval{};
  std::vector<Interface> interfaces;  ///< The loopback included.
  WEFT_MESSAGE("host/Network", stamp, interval, interfaces)
};

/// For which share of the time tasks had to wait (the kernel's "pressure stall information").
struct Stall {
  double avg10 = 0;   ///< Share of the last 10 s.
  double avg60 = 0;   ///< Share of the last 60 s.
  double avg300 = 0;  ///< Share of the last 300 s.
  Duration total{};   ///< Since boot.
  WEFT_MESSAGE("host/Stall", avg10, avg60, avg300, total)
};

struct ResourcePressure {
  Stall some;                 ///< At least one task waited.
  std::optional<Stall> full;  ///< All tasks waited; absent where the kernel does not say.
  WEFT_MESSAGE("host/ResourcePressure", some, full)
};

struct Pressure {
  Time stamp;
  ResourcePressure cpu;
  ResourcePressure memory;
  ResourcePressure io;
  WEFT_MESSAGE("host/Pressure", stamp, cpu, memory, io)
};

enum class ProcessState : std::uint8_t {
  unknown,
  running,
  sleeping,
  disk_sleep,  ///< Waiting, mostly for a disk, and not to be interrupted.
  stopped,
  traced,
  zombie,  ///< Ended, its parent has not asked for the exit code yet.
  dead,
  idle,  ///< A kernel thread without work.
  parked,
};
WEFT_ENUM(ProcessState, "host/ProcessState", unknown, running, sleeping, disk_sleep, stopped, traced, zombie,
          dead, idle, parked)

struct Process {
  std::int32_t pid = 0;
  std::string name;
  ProcessState state = ProcessState::unknown;
  double cpu = 0;              ///< Cores' worth of time used: 1 is one core all of the time.
  std::uint64_t resident = 0;  ///< Bytes in memory, shared pages counted in full.
  std::uint32_t threads = 0;
  WEFT_MESSAGE("host/Process", pid, name, state, cpu, resident, threads)
};

/// The processes that used the most processor time, the most first.
struct TopProcesses {
  Time stamp;
  Duration interval{};
  std::uint32_t count = 0;  ///< Processes that exist.
  std::vector<Process> processes;
  WEFT_MESSAGE("host/TopProcesses", stamp, interval, count, processes)
};

struct ProcessRequest {
  std::int32_t pid = 0;
  WEFT_MESSAGE("host/ProcessRequest", pid)
};

struct ProcessDetails {
  Time stamp;
  std::int32_t pid = 0;
  std::int32_t parent = 0;   ///< Its parent's id; 0 for the first ones.
  std::string name;          ///< The kernel's short name.
  std::string command_line;  ///< Arguments joined by blanks, at most 4096 bytes; empty for kernel threads.
  ProcessState state = ProcessState::unknown;
  std::uint32_t user_id = 0;  ///< The effective one.
  std::uint32_t threads = 0;
  Time started;
  Duration user_time{};                  ///< Processor time since it began.
  Duration system_time{};                ///< The same in the kernel.
  std::uint64_t virtual_size = 0;        ///< Bytes of address space.
  std::uint64_t resident = 0;            ///< Bytes in memory, shared pages counted in full.
  std::uint64_t peak_resident = 0;       ///< The highest `resident` so far.
  std::uint64_t swapped = 0;             ///< Bytes in swap.
  std::uint64_t voluntary_switches = 0;  ///< Times its main thread gave up a core to wait.
  std::uint64_t forced_switches = 0;     ///< Times a core was taken from its main thread.
  WEFT_MESSAGE("host/ProcessDetails", stamp, pid, parent, name, command_line, state, user_id, threads,
               started, user_time, system_time, virtual_size, resident, peak_resident, swapped,
               voluntary_switches, forced_switches)
};

enum class AlertSeverity : std::uint8_t { info, warning, critical };
WEFT_ENUM(AlertSeverity, "host/AlertSeverity", info, warning, critical)

enum class AlertChange : std::uint8_t { raised, cleared };
WEFT_ENUM(AlertChange, "host/AlertChange", raised, cleared)

/// One change of one alert. An alert is known by `rule` and `subject`.
struct Alert {
  Time stamp;           ///< Of the sample that decided.
  std::string rule;     ///< What is watched, "disk_busy".
  std::string subject;  ///< Of what, "sda"; empty where there is only one.
  AlertSeverity severity = AlertSeverity::info;
  AlertChange change = AlertChange::raised;
  double value = 0;      ///< The sample, in the rule's unit.
  double threshold = 0;  ///< The threshold that it crossed, in the same unit.
  Duration lasted{};     ///< Raised: above the threshold so far. Cleared: since it was raised.
  std::string text;      ///< The same in one line for people.
  WEFT_MESSAGE("host/Alert", stamp, rule, subject, severity, change, value, threshold, lasted, text)
};

inline constexpr Topic<Cpu> cpu{"host/cpu"};
inline constexpr Topic<Memory> memory{"host/memory"};
inline constexpr Topic<Load> load{"host/load"};
inline constexpr Topic<Disks> disks{"host/disks"};
inline constexpr Topic<Network> network{"host/network"};
inline constexpr Topic<Pressure> pressure{"host/pressure"};
inline constexpr Topic<TopProcesses> top{"host/top"};
inline constexpr Topic<Alert> alerts{"host/alerts", {.reliability = Reliability::reliable}};
inline constexpr Service<ProcessRequest, ProcessDetails> process{"host/process"};

}  // namespace weft::topics::host
