#include "hostmon/meters.hpp"

#include <algorithm>
#include <utility>

#include "hostmon/counters.hpp"

namespace weft::hostmon {

namespace host = topics::host;

namespace {

// The shares of the time between two readings; empty when no tick passed.
std::optional<host::CpuShares> shares_between(const CpuTimes& before, const CpuTimes& after) {
  const auto ticks = [&](std::uint64_t CpuTimes::*member) {
    return static_cast<double>(rise(before.*member, after.*member));
  };
  host::CpuShares shares{.user = ticks(&CpuTimes::user),
                         .nice = ticks(&CpuTimes::nice),
                         .system = ticks(&CpuTimes::system),
                         .interrupt = ticks(&CpuTimes::irq) + ticks(&CpuTimes::softirq),
                         .steal = ticks(&CpuTimes::steal),
                         .iowait = ticks(&CpuTimes::iowait),
                         .idle = ticks(&CpuTimes::idle)};
  const double all = shares.user + shares.nice + shares.system + shares.interrupt + shares.steal +
                     shares.iowait + shares.idle;
  if (all <= 0) return std::nullopt;
  for (double* share : {&shares.user, &shares.nice, &shares.system, &shares.interrupt, &shares.steal,
                        &shares.iowait, &shares.idle}) {
    *share /= all;
  }
  return shares;
}

// A core that came online, or whose counters stand still, has been idle as far as anybody knows.
host::CpuShares core_shares(const std::vector<CoreTimes>& before, const CoreTimes& after) {
  constexpr host::CpuShares idle{.idle = 1};
  const auto old = std::ranges::lower_bound(before, after.id, {}, &CoreTimes::id);
  if (old == before.end() || old->id != after.id) return idle;
  return shares_between(old->times, after.times).value_or(idle);
}

// Time from the last reading to `now`; empty when there was none or the clock did not move.
std::optional<Duration> since(const std::optional<Instant>& last, Moment now) {
  if (!last || now.instant <= *last) return std::nullopt;
  return now.instant - *last;
}

double share_of(Duration part, Duration whole) {
  return std::chrono::duration<double>(part) / std::chrono::duration<double>(whole);
}

// The element of `old` with the same name. Devices keep their order, so the search starts at `hint`, where
// the last one was found, and one pass over all devices is linear.
template <class T, class NameOf>
const T* find_named(const std::vector<T>& old, const std::string& name, std::size_t& hint, NameOf name_of) {
  for (std::size_t tried = 0; tried < old.size(); ++tried) {
    const T& candidate = old[(hint + tried) % old.size()];
    if (name_of(candidate) != name) continue;
    hint = (hint + tried + 1) % old.size();
    return &candidate;
  }
  return nullptr;
}

Duration mean_time(std::uint32_t milliseconds, std::uint64_t requests) {
  if (requests == 0) return Duration::zero();
  return Duration(std::chrono::milliseconds(milliseconds)) / static_cast<std::int64_t>(requests);
}

constexpr double sector_size = 512;

host::Disk disk_between(const DiskCounters& before, const DiskCounters& after, Duration interval) {
  const auto reads = rise(before.reads, after.reads);
  const auto writes = rise(before.writes, after.writes);
  const auto milliseconds = [](std::uint32_t from, std::uint32_t to) {
    return std::chrono::milliseconds(rise32(from, to));
  };
  return {.name = after.name,
          .read_bytes = sector_size * per_second(rise(before.sectors_read, after.sectors_read), interval),
          .written_bytes =
              sector_size * per_second(rise(before.sectors_written, after.sectors_written), interval),
          .reads = per_second(reads, interval),
          .writes = per_second(writes, interval),
          .read_time = mean_time(rise32(before.read_ms, after.read_ms), reads),
          .write_time = mean_time(rise32(before.write_ms, after.write_ms), writes),
          .busy = std::min(1.0, share_of(milliseconds(before.busy_ms, after.busy_ms), interval)),
          .queue = share_of(milliseconds(before.queue_ms, after.queue_ms), interval),
          .in_flight = after.in_flight,
          .total_read_bytes = after.sectors_read * 512,
          .total_written_bytes = after.sectors_written * 512};
}

host::Traffic traffic_between(const NetCounters& before, const NetCounters& after, Duration interval) {
  return {.bytes = per_second(rise(before.bytes, after.bytes), interval),
          .packets = per_second(rise(before.packets, after.packets), interval),
          .errors = per_second(rise(before.errors, after.errors), interval),
          .drops = per_second(rise(before.drops, after.drops), interval),
          .total_bytes = after.bytes};
}

}  // namespace

std::optional<host::Cpu> CpuMeter::update(SystemStat stat, Moment now) {
  const auto interval = since(at_, now);
  const auto total = interval ? shares_between(last_.total, stat.total) : std::nullopt;
  if (at_ && !total)
    return std::nullopt;  // The last reading stays: from it a tick will have passed some time.
  std::optional<host::Cpu> out;
  if (total) {
    out.emplace();
    out->stamp = now.wall;
    out->interval = *interval;
    out->total = *total;
    out->busy = std::clamp(1 - total->idle - total->iowait, 0.0, 1.0);
    out->cores.reserve(stat.cores.size());
    for (const auto& core : stat.cores)
      out->cores.push_back({core.id, core_shares(last_.cores, core)});
    out->context_switches = per_second(rise(last_.context_switches, stat.context_switches), *interval);
    out->forks = per_second(rise(last_.forks, stat.forks), *interval);
    out->running = stat.running;
    out->blocked = stat.blocked;
  }
  last_ = std::move(stat);
  at_ = now.instant;
  return out;
}

std::optional<host::Disks> DiskMeter::update(std::vector<DiskCounters> disks, Moment now) {
  const auto interval = since(at_, now);
  if (at_ && !interval) return std::nullopt;
  std::optional<host::Disks> out;
  if (interval) {
    out = host::Disks{.stamp = now.wall, .interval = *interval, .disks = {}};
    std::size_t hint = 0;
    for (const auto& disk : disks) {
      const auto* before = find_named(last_, disk.name, hint, [](const auto& d) -> auto& { return d.name; });
      out->disks.push_back(disk_between(before ? *before : disk, disk, *interval));
    }
  }
  last_ = std::move(disks);
  at_ = now.instant;
  return out;
}

std::optional<host::Network> NetworkMeter::update(std::vector<InterfaceReading> interfaces, Moment now) {
  const auto interval = since(at_, now);
  if (at_ && !interval) return std::nullopt;
  std::optional<host::Network> out;
  if (interval) {
    out = host::Network{.stamp = now.wall, .interval = *interval, .interfaces = {}};
    std::size_t hint = 0;
    for (const auto& [counters, up, speed] : interfaces) {
      const auto* found =
          find_named(last_, counters.name, hint, [](const auto& i) -> auto& { return i.counters.name; });
      const auto& before = found ? found->counters : counters;
      out->interfaces.push_back({.name = counters.name,
                                 .up = up,
                                 .speed = speed,
                                 .received = traffic_between(before.received, counters.received, *interval),
                                 .sent = traffic_between(before.sent, counters.sent, *interval)});
    }
  }
  last_ = std::move(interfaces);
  at_ = now.instant;
  return out;
}

host::Memory to_memory(const MemInfo& info, Moment now) {
  // Where the kernel does not estimate it: what can be dropped without writing.
  const auto estimate = info.free + info.buffers + info.cached;
  const auto available = std::min(info.available.value_or(estimate), info.total);
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  return {.stamp = now.wall,
          .total = info.total,
          .free = info.free,
          .available = available,
          .buffers = info.buffers,
          .cached = info.cached,
          .reclaimable = info.reclaimable,
          .shared = info.shared,
          .dirty = info.dirty,
          .writeback = info.writeback,
          .swap_total = info.swap_total,
          .swap_free = info.swap_free,
          .used = share(info.total - available, info.total),
          .swap_used = share(info.swap_total - info.swap_free, info.swap_total)};
}

host::Load to_load(const LoadAverage& load, Duration uptime, Moment now) {
  return {.stamp = now.wall,
          .one = load.one,
          .five = load.five,
          .fifteen = load.fifteen,
          .running = load.running,
          .threads = load.threads,
          .uptime = uptime};
}

host::ResourcePressure to_pressure(const PressureFile& file) {
  const auto stall = [](const PressureLine& line) -> host::Stall {
    return {.avg10 = line.avg10,
            .avg60 = line.avg60,
            .avg300 = line.avg300,
            .total = std::chrono::microseconds(line.total_us)};
  };
  host::ResourcePressure out{.some = stall(file.some), .full = {}};
  if (file.full) out.full = stall(*file.full);
  return out;
}

}  // namespace weft::hostmon
