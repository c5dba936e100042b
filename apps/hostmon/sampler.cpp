#include "hostmon/sampler.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "hostmon/parse.hpp"
#include "hostmon/parse_process.hpp"
#include "hostmon/scan.hpp"

namespace weft::hostmon {

namespace host = topics::host;

namespace {

// Reads `name` and parses it; an error of the parser gets the file's path.
template <class Parse>
auto read_as(Directory& directory, const std::string& name, Parse&& parse)
    -> decltype(parse(std::string_view())) {
  WEFT_TRY(const auto text, directory.read(name));
  auto parsed = parse(text);
  if (!parsed) return std::move(parsed).error().within(directory.path_of(name));
  return parsed;
}

bool was_used(const DiskCounters& disk) {
  return disk.reads != 0 || disk.writes != 0 || disk.in_flight != 0;
}

Result<void> check(const SamplerOptions& options) {
  const auto out_of_range = [](const char* what) { return Error{Errc::invalid_argument, what}; };
  if (options.top > 1000) return out_of_range("top processes: at most 1000 can be reported");
  if (options.scan == 0) return out_of_range("process scan: at least 1 process must be read at a time");
  if (options.ticks_per_second == 0) return out_of_range("ticks per second: must be above 0");
  if (options.page_size == 0) return out_of_range("page size: must be above 0");
  return {};
}

}  // namespace

SamplerOptions options_of_this_machine() {
  SamplerOptions options;
  if (const long ticks = ::sysconf(_SC_CLK_TCK); ticks > 0) {
    options.ticks_per_second = static_cast<std::uint32_t>(ticks);
  }
  if (const long size = ::sysconf(_SC_PAGESIZE); size > 0)
    options.page_size = static_cast<std::uint32_t>(size);
  return options;
}

Result<Sampler> Sampler::open(SamplerOptions options) {
  WEFT_CHECK(check(options));
  WEFT_TRY(auto proc, Directory::open(options.proc));
  auto sys = Directory::open(options.sys);  // Only enriches; some containers have none.
  return Sampler(std::move(options), std::move(proc), sys ? std::optional(*std::move(sys)) : std::nullopt);
}

Sampler::Sampler(SamplerOptions options, Directory proc, std::optional<Directory> sys)
    : options_(std::move(options)),
      proc_(std::move(proc)),
      sys_(std::move(sys)),
      processes_(options_.ticks_per_second, options_.page_size) {}

Result<std::optional<host::Cpu>> Sampler::cpu(Moment now) {
  WEFT_TRY(auto stat, read_as(proc_, "stat", parse_stat));
  return cpu_.update(std::move(stat), now);
}

Result<host::Memory> Sampler::memory(Moment now) {
  WEFT_TRY(const auto info, read_as(proc_, "meminfo", parse_meminfo));
  return to_memory(info, now);
}

Result<host::Load> Sampler::load(Moment now) {
  WEFT_TRY(const auto load, read_as(proc_, "loadavg", parse_loadavg));
  WEFT_TRY(const auto uptime, read_as(proc_, "uptime", parse_uptime));
  return to_load(load, uptime, now);
}

bool Sampler::is_whole_disk(const std::string& name) {
  const auto known = whole_disks_.find(name);
  if (known != whole_disks_.end()) return known->second;
  auto file = name;
  std::ranges::replace(file, '/', '!');  // As the kernel names such devices in /sys.
  const bool whole = !sys_ || !sys_->has("block") || sys_->has("block/" + file);
  whole_disks_.emplace(name, whole);
  return whole;
}

Result<std::optional<host::Disks>> Sampler::disks(Moment now) {
  WEFT_TRY(auto disks, read_as(proc_, "diskstats", parse_diskstats));
  std::erase_if(whole_disks_, [&](const auto& known) {
    return std::ranges::find(disks, known.first, &DiskCounters::name) == disks.end();
  });
  std::erase_if(disks, [&](const auto& disk) { return !was_used(disk) || !is_whole_disk(disk.name); });
  return disks_.update(std::move(disks), now);
}

// Bits per second; empty for a link without speed.
std::optional<std::uint64_t> Sampler::read_speed(const std::string& name) {
  constexpr std::uint64_t bits_per_megabit = 1'000'000;
  constexpr std::uint64_t most = 1'000'000'000;  // A virtual link says -1, some kernels without the sign.
  const auto text = sys_->read("class/net/" + name + "/speed");
  if (!text) return std::nullopt;
  const auto megabits = to_number(split_at(*text, '\n').before, "speed", most);
  if (!megabits || *megabits == 0) return std::nullopt;
  return *megabits * bits_per_megabit;
}

// What /sys does not say is left out; the counters stand by themselves. The speed is asked for when a link
// goes up or down, since the driver answers, which takes longer than all the rest.
InterfaceReading Sampler::read_interface(InterfaceCounters counters) {
  InterfaceReading reading{std::move(counters), false, std::nullopt};
  if (!sys_) return reading;
  const auto& name = reading.counters.name;
  if (const auto state = sys_->read("class/net/" + name + "/operstate")) {
    // The loopback and tunnels never report more than "unknown".
    reading.up = *state == "up\n" || *state == "unknown\n";
  }
  const auto [link, is_new] = links_.try_emplace(name);
  if (is_new || link->second.up != reading.up) link->second = {reading.up, read_speed(name)};
  reading.speed = link->second.speed;
  return reading;
}

Result<std::optional<host::Network>> Sampler::network(Moment now) {
  WEFT_TRY(auto counters, read_as(proc_, "net/dev", parse_net_dev));
  std::erase_if(links_, [&](const auto& known) {
    return std::ranges::find(counters, known.first, &InterfaceCounters::name) == counters.end();
  });
  std::vector<InterfaceReading> interfaces;
  interfaces.reserve(counters.size());
  for (auto& interface : counters)
    interfaces.push_back(read_interface(std::move(interface)));
  return network_.update(std::move(interfaces), now);
}

Result<host::ResourcePressure> Sampler::read_pressure(const char* resource) {
  WEFT_TRY(const auto file, read_as(proc_, std::string("pressure/") + resource, parse_pressure));
  return to_pressure(file);
}

Result<std::optional<host::Pressure>> Sampler::pressure(Moment now) {
  if (!proc_.has("pressure")) return std::optional<host::Pressure>();
  auto cpu = read_pressure("cpu");
  if (!cpu && cpu.error().sys_errno == EOPNOTSUPP) return std::optional<host::Pressure>();  // Off at boot.
  if (!cpu) return std::move(cpu).error();
  WEFT_TRY(const auto memory, read_pressure("memory"));
  WEFT_TRY(const auto io, read_pressure("io"));
  return std::optional(host::Pressure{.stamp = now.wall, .cpu = *cpu, .memory = memory, .io = io});
}

// A process that cannot be read has ended since it was listed, or is hidden from us: both are usual.
void Sampler::read_process(std::int32_t pid, Moment now) {
  const auto stat = read_as(proc_, fmt::format("{}/stat", pid), parse_pid_stat);
  if (stat && stat->pid == pid) processes_.observe(*stat, now.instant);
}

void Sampler::read_processes(Moment now) {
  const auto count = std::min(options_.scan, pids_.size());
  const auto next = std::ranges::upper_bound(pids_, last_read_pid_);
  auto index = static_cast<std::size_t>(next - pids_.begin());
  std::vector<std::int32_t> due;
  due.reserve(count + last_top_.size());
  for (std::size_t i = 0; i < count; ++i, ++index)
    due.push_back(pids_[index % pids_.size()]);
  if (!due.empty()) last_read_pid_ = due.back();
  due.insert(due.end(), last_top_.begin(), last_top_.end());
  std::ranges::sort(due);
  const auto twice = std::ranges::unique(due);
  due.erase(twice.begin(), twice.end());
  for (const auto pid : due)
    read_process(pid, now);
}

Result<std::optional<host::TopProcesses>> Sampler::top(Moment now) {
  WEFT_CHECK(proc_.list_pids(pids_));
  processes_.retain(pids_);
  read_processes(now);
  const auto previous = std::exchange(last_top_at_, now.instant);
  if (!previous || now.instant <= *previous) return std::optional<host::TopProcesses>();
  host::TopProcesses out{.stamp = now.wall,
                         .interval = now.instant - *previous,
                         .count = static_cast<std::uint32_t>(pids_.size()),
                         .processes = processes_.top(options_.top)};
  last_top_.clear();
  for (const auto& process : out.processes)
    last_top_.push_back(process.pid);
  return std::optional(std::move(out));
}

Duration Sampler::ticks(std::uint64_t count) const {
  constexpr std::uint64_t longest = 4'000'000'000;  // Seconds; added to a boot time it fits a Time.
  const auto seconds = std::min(count / options_.ticks_per_second, longest);
  const auto nanoseconds = count % options_.ticks_per_second * 1'000'000'000 / options_.ticks_per_second;
  return std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds);
}

Result<host::ProcessDetails> Sampler::process(std::int32_t pid, Moment now) {
  if (pid < 1) return Error{Errc::invalid_argument, fmt::format("process {}: ids begin at 1", pid)};
  const auto folder = std::to_string(pid);
  if (!proc_.has(folder)) {
    return Error{Errc::not_found, fmt::format("process {}: there is none with this id", pid)};
  }
  WEFT_TRY(const auto stat, read_as(proc_, folder + "/stat", parse_pid_stat));
  WEFT_TRY(const auto status, read_as(proc_, folder + "/status", parse_pid_status));
  WEFT_TRY(const auto system, read_as(proc_, "stat", parse_stat));
  const auto arguments = proc_.read(folder + "/cmdline");  // May be hidden from us, the rest is not.
  return host::ProcessDetails{
      .stamp = now.wall,
      .pid = stat.pid,
      .parent = stat.parent,
      .name = stat.name,
      .command_line = arguments ? parse_cmdline(*arguments) : std::string(),
      .state = to_state(stat.state),
      .user_id = status.user_id,
      .threads = stat.threads,
      .started = Time(std::chrono::seconds(system.boot_time)) + ticks(stat.start_ticks),
      .user_time = ticks(stat.user_ticks),
      .system_time = ticks(stat.system_ticks),
      .virtual_size = stat.virtual_bytes,
      .resident = stat.resident_pages * options_.page_size,
      .peak_resident = status.peak_bytes,
      .swapped = status.swap_bytes,
      .voluntary_switches = status.voluntary_switches,
      .forced_switches = status.forced_switches};
}

}  // namespace weft::hostmon
