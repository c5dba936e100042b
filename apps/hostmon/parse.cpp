#include "hostmon/parse.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "hostmon/scan.hpp"

namespace weft::hostmon {

namespace {

constexpr std::uint64_t max_u64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t sector_size = 512;

Error missing(std::string_view what) {
  return malformed(fmt::format("\"{}\"", what), "the file has no such line, is it cut short?");
}

Result<CpuTimes> parse_cpu_times(Fields& fields) {
  CpuTimes times;
  WEFT_TRY(times.user, fields.number("user"));
  WEFT_TRY(times.nice, fields.number("nice"));
  WEFT_TRY(times.system, fields.number("system"));
  WEFT_TRY(times.idle, fields.number("idle"));
  WEFT_TRY(times.iowait, fields.number("iowait"));
  WEFT_TRY(times.irq, fields.number("irq"));
  WEFT_TRY(times.softirq, fields.number("softirq"));
  WEFT_TRY(times.steal, fields.number("steal"));
  return times;
}

Result<void> add_core(std::string_view id_text, Fields& fields, std::vector<CoreTimes>& cores) {
  WEFT_TRY(const auto id, to_number(id_text, "cpu", std::numeric_limits<std::uint32_t>::max()));
  if (!cores.empty() && cores.back().id >= id) {
    return malformed("cpu", fmt::format("core {} follows core {}", id, cores.back().id));
  }
  WEFT_TRY(const auto times, parse_cpu_times(fields));
  cores.push_back({static_cast<std::uint32_t>(id), times});
  return {};
}

// Which of the lines that every /proc/stat has were seen.
struct StatSeen {
  bool cpu = false, ctxt = false, btime = false, processes = false, running = false, blocked = false;
};

Result<void> parse_stat_line(std::string_view line, SystemStat& out, StatSeen& seen) {
  Fields fields(line);
  WEFT_TRY(const auto key, fields.word("key"));
  if (key == "cpu") {
    WEFT_TRY(out.total, parse_cpu_times(fields));
    seen.cpu = true;
  } else if (key.starts_with("cpu")) {
    return add_core(key.substr(3), fields, out.cores);
  } else if (key == "ctxt") {
    WEFT_TRY(out.context_switches, fields.number(key));
    seen.ctxt = true;
  } else if (key == "btime") {
    WEFT_TRY(out.boot_time, fields.number(key, std::numeric_limits<std::uint32_t>::max()));
    seen.btime = true;
  } else if (key == "processes") {
    WEFT_TRY(out.forks, fields.number(key));
    seen.processes = true;
  } else if (key == "procs_running") {
    WEFT_TRY(out.running, fields.number32(key));
    seen.running = true;
  } else if (key == "procs_blocked") {
    WEFT_TRY(out.blocked, fields.number32(key));
    seen.blocked = true;
  }
  return {};
}

}  // namespace

Result<SystemStat> parse_stat(std::string_view text) {
  SystemStat out;
  StatSeen seen;
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) { return parse_stat_line(line, out, seen); }));
  if (!seen.cpu) return missing("cpu");
  if (out.cores.empty()) return missing("cpu0");
  if (!seen.ctxt) return missing("ctxt");
  if (!seen.btime) return missing("btime");
  if (!seen.processes) return missing("processes");
  if (!seen.running) return missing("procs_running");
  if (!seen.blocked) return missing("procs_blocked");
  return out;
}

namespace {

struct MemKey {
  std::string_view name;
  std::uint64_t MemInfo::*value;
  bool required;
};
constexpr std::array mem_keys{
    MemKey{"MemTotal", &MemInfo::total, true},
    MemKey{"MemFree", &MemInfo::free, true},
    MemKey{"Buffers", &MemInfo::buffers, true},
    MemKey{"Cached", &MemInfo::cached, true},
    MemKey{"SwapTotal", &MemInfo::swap_total, true},
    MemKey{"SwapFree", &MemInfo::swap_free, true},
    MemKey{"Dirty", &MemInfo::dirty, false},
    MemKey{"Writeback", &MemInfo::writeback, false},
    MemKey{"SReclaimable", &MemInfo::reclaimable, false},
    MemKey{"Shmem", &MemInfo::shared, false},
};
using MemSeen = std::array<bool, mem_keys.size()>;

Result<std::uint64_t> parse_kilobytes(std::string_view text, std::string_view what) {
  Fields fields(text);
  WEFT_TRY(const auto kilobytes, fields.number(what, max_u64 / 1024));
  WEFT_TRY(const auto unit, fields.word("unit"));
  if (unit != "kB") return malformed(what, fmt::format("the unit is \"{}\", not kB", printable(unit, 8)));
  return kilobytes * 1024;
}

Result<void> parse_meminfo_line(std::string_view line, MemInfo& out, MemSeen& seen) {
  const auto [name, value] = split_at(line, ':');
  if (name == "MemAvailable") {
    WEFT_TRY(out.available, parse_kilobytes(value, name));
    return {};
  }
  const auto* key = std::ranges::find(mem_keys, name, &MemKey::name);
  if (key == mem_keys.end()) return {};
  WEFT_TRY(out.*key->value, parse_kilobytes(value, name));
  seen[static_cast<std::size_t>(key - mem_keys.begin())] = true;
  return {};
}

}  // namespace

Result<MemInfo> parse_meminfo(std::string_view text) {
  MemInfo out;
  MemSeen seen{};
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) { return parse_meminfo_line(line, out, seen); }));
  for (std::size_t i = 0; i < mem_keys.size(); ++i) {
    if (mem_keys[i].required && !seen[i]) return missing(mem_keys[i].name);
  }
  if (out.total == 0) return malformed("MemTotal", "is 0");
  if (out.free > out.total) return malformed("MemFree", "is above MemTotal");
  if (out.swap_free > out.swap_total) return malformed("SwapFree", "is above SwapTotal");
  return out;
}

Result<LoadAverage> parse_loadavg(std::string_view text) {
  LoadAverage out;
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) -> Result<void> {
    Fields fields(line);
    WEFT_TRY(out.one, fields.fraction("1 minute"));
    WEFT_TRY(out.five, fields.fraction("5 minutes"));
    WEFT_TRY(out.fifteen, fields.fraction("15 minutes"));
    WEFT_TRY(const auto counts, fields.word("running/threads"));
    const auto [running, threads] = split_at(counts, '/');
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    WEFT_TRY(const auto running_count, to_number(running, "running", most));
    WEFT_TRY(const auto thread_count, to_number(threads, "threads", most));
    out.running = static_cast<std::uint32_t>(running_count);
    out.threads = static_cast<std::uint32_t>(thread_count);
    return {};
  }));
  return out;
}

Result<Duration> parse_uptime(std::string_view text) {
  double seconds = 0;
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) -> Result<void> {
    Fields fields(line);
    WEFT_TRY(seconds, fields.fraction("uptime", 9e9));  // Duration ends at 292 years, 9.2e9 s.
    return {};
  }));
  return Duration(std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(seconds)));
}

namespace {

Result<DiskCounters> parse_disk(std::string_view line) {
  DiskCounters disk;
  Fields fields(line);
  WEFT_CHECK(fields.number32("major"));
  WEFT_CHECK(fields.number32("minor"));
  WEFT_TRY(const auto name, fields.word("name"));
  disk.name = printable(name);
  WEFT_TRY(disk.reads, fields.number("reads"));
  WEFT_CHECK(fields.number("reads merged"));
  WEFT_TRY(disk.sectors_read, fields.number("sectors read", max_u64 / sector_size));
  WEFT_TRY(disk.read_ms, fields.number32("read time"));
  WEFT_TRY(disk.writes, fields.number("writes"));
  WEFT_CHECK(fields.number("writes merged"));
  WEFT_TRY(disk.sectors_written, fields.number("sectors written", max_u64 / sector_size));
  WEFT_TRY(disk.write_ms, fields.number32("write time"));
  WEFT_TRY(disk.in_flight, fields.number32("in flight"));
  WEFT_TRY(disk.busy_ms, fields.number32("busy time"));
  WEFT_TRY(disk.queue_ms, fields.number32("queue time"));
  return disk;
}

Result<NetCounters> parse_net_counters(Fields& fields) {
  NetCounters counters;
  WEFT_TRY(counters.bytes, fields.number("bytes"));
  WEFT_TRY(counters.packets, fields.number("packets"));
  WEFT_TRY(counters.errors, fields.number("errors"));
  WEFT_TRY(counters.drops, fields.number("drops"));
  return counters;
}

Result<InterfaceCounters> parse_interface(std::string_view line) {
  const auto [name, counters] = split_at(line, ':');
  Fields name_fields(name);
  WEFT_TRY(const auto name_word, name_fields.word("name"));
  if (counters.empty()) return malformed("name", "no \":\" follows the interface's name");
  InterfaceCounters out{printable(name_word), {}, {}};
  Fields fields(counters);
  WEFT_TRY(out.received, parse_net_counters(fields));
  WEFT_CHECK(fields.skip(4, "received"));  // fifo, frame, compressed, multicast
  WEFT_TRY(out.sent, parse_net_counters(fields));
  return out;
}

}  // namespace

Result<std::vector<DiskCounters>> parse_diskstats(std::string_view text) {
  std::vector<DiskCounters> disks;
  if (text.empty()) return disks;  // A machine without block devices.
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) -> Result<void> {
    WEFT_TRY(auto disk, parse_disk(line));
    disks.push_back(std::move(disk));
    return {};
  }));
  return disks;
}

Result<std::vector<InterfaceCounters>> parse_net_dev(std::string_view text) {
  constexpr unsigned header_lines = 2;
  std::vector<InterfaceCounters> interfaces;
  unsigned lines = 0;
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) -> Result<void> {
    if (lines++ < header_lines) {
      return line.find('|') == std::string_view::npos ? malformed("header", "has no \"|\"") : Result<void>();
    }
    WEFT_TRY(auto interface, parse_interface(line));
    interfaces.push_back(std::move(interface));
    return {};
  }));
  if (lines < header_lines) return missing(" face |bytes");
  return interfaces;
}

namespace {

// "avg10=0.05" given "avg10" is "0.05".
Result<std::string_view> keyed_value(Fields& fields, std::string_view key) {
  WEFT_TRY(const auto word, fields.word(key));
  const auto [name, value] = split_at(word, '=');
  if (name != key) return malformed(key, fmt::format("missing, \"{}\" stands there", printable(word, 32)));
  return value;
}

Result<double> keyed_percentage(Fields& fields, std::string_view key) {
  WEFT_TRY(const auto value, keyed_value(fields, key));
  WEFT_TRY(const auto percent, to_fraction(value, key, 100));
  return percent / 100;
}

Result<PressureLine> parse_pressure_line(Fields& fields) {
  PressureLine out;
  WEFT_TRY(out.avg10, keyed_percentage(fields, "avg10"));
  WEFT_TRY(out.avg60, keyed_percentage(fields, "avg60"));
  WEFT_TRY(out.avg300, keyed_percentage(fields, "avg300"));
  WEFT_TRY(const auto total, keyed_value(fields, "total"));
  constexpr auto most_us = static_cast<std::uint64_t>(Duration::max().count()) / 1000;
  WEFT_TRY(out.total_us, to_number(total, "total", most_us));
  return out;
}

}  // namespace

Result<PressureFile> parse_pressure(std::string_view text) {
  PressureFile out;
  bool seen_some = false;
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) -> Result<void> {
    Fields fields(line);
    WEFT_TRY(const auto kind, fields.word("some or full"));
    if (kind == "some") {
      WEFT_TRY(out.some, parse_pressure_line(fields));
      seen_some = true;
    } else if (kind == "full") {
      WEFT_TRY(out.full, parse_pressure_line(fields));
    }
    return {};
  }));
  if (!seen_some) return missing("some");
  return out;
}

}  // namespace weft::hostmon
