#include "hostmon/process_table.hpp"

#include <algorithm>

#include "hostmon/counters.hpp"

namespace weft::hostmon {

namespace host = topics::host;

host::ProcessState to_state(char letter) noexcept {
  using enum host::ProcessState;
  switch (letter) {
    case 'R':
      return running;
    case 'S':
      return sleeping;
    case 'D':
      return disk_sleep;
    case 'T':
      return stopped;
    case 't':
      return traced;
    case 'Z':
      return zombie;
    case 'X':
    case 'x':
      return dead;
    case 'I':
      return idle;
    case 'P':
      return parked;
    default:
      return unknown;
  }
}

void ProcessTable::retain(std::span<const std::int32_t> pids) {
  auto pid = pids.begin();
  std::erase_if(entries_, [&](const Entry& entry) {
    while (pid != pids.end() && *pid < entry.process.pid)
      ++pid;
    return pid == pids.end() || *pid != entry.process.pid;
  });
}

void ProcessTable::observe(const PidStat& stat, Instant now) {
  auto entry = std::ranges::lower_bound(entries_, stat.pid, {}, [](const Entry& e) { return e.process.pid; });
  const auto used_ticks = stat.user_ticks + stat.system_ticks;
  const bool known = entry != entries_.end() && entry->process.pid == stat.pid;
  if (!known) entry = entries_.insert(entry, Entry{});
  if (known && entry->start_ticks == stat.start_ticks) {
    measure(*entry, used_ticks, now);
  } else {
    *entry = Entry{
        .process = {.pid = stat.pid}, .start_ticks = stat.start_ticks, .used_ticks = used_ticks, .at = now};
  }
  entry->process.name = stat.name;  // An exec changes it.
  entry->process.state = to_state(stat.state);
  entry->process.resident = stat.resident_pages * page_size_;
  entry->process.threads = stat.threads;
}

void ProcessTable::measure(Entry& entry, std::uint64_t used_ticks, Instant now) {
  if (now <= entry.at) return;
  entry.process.cpu = per_second(rise(entry.used_ticks, used_ticks), now - entry.at) / ticks_per_second_;
  entry.used_ticks = used_ticks;
  entry.at = now;
}

std::vector<host::Process> ProcessTable::top(std::size_t limit) const {
  std::vector<const Entry*> order;
  order.reserve(entries_.size());
  for (const auto& entry : entries_)
    order.push_back(&entry);
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(limit, order.size()));
  std::partial_sort(order.begin(), middle, order.end(), [](const Entry* a, const Entry* b) {
    if (a->process.cpu != b->process.cpu) return a->process.cpu > b->process.cpu;
    return a->process.pid < b->process.pid;
  });
  std::vector<host::Process> out;
  out.reserve(static_cast<std::size_t>(middle - order.begin()));
  for (auto entry = order.begin(); entry != middle; ++entry)
    out.push_back((*entry)->process);
  return out;
}

}  // namespace weft::hostmon
