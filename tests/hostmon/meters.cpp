#include "hostmon/meters.hpp"

#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

using namespace std::chrono_literals;

double sum(const topics::host::CpuShares& s) {
  return s.user + s.nice + s.system + s.interrupt + s.steal + s.iowait + s.idle;
}

SystemStat stat_with(CpuTimes total, std::vector<CoreTimes> cores) {
  SystemStat stat;
  stat.total = total;
  stat.cores = std::move(cores);
  return stat;
}

DiskCounters disk(std::string name, std::uint64_t reads, std::uint64_t sectors, std::uint32_t milliseconds) {
  return {.name = std::move(name),
          .reads = reads,
          .sectors_read = sectors,
          .read_ms = milliseconds,
          .busy_ms = milliseconds};
}

InterfaceReading interface(std::string name, std::uint64_t bytes) {
  return {.counters = {.name = std::move(name), .received = {.bytes = bytes}, .sent = {.bytes = 2 * bytes}},
          .up = true,
          .speed = std::nullopt};
}

}  // namespace

TEST_CASE("the first reading of a meter answers nothing yet") {
  CHECK_FALSE(CpuMeter().update(stat_with({.user = 5}, {{0, {}}}), at(0)));
  CHECK_FALSE(DiskMeter().update({disk("sda", 1, 1, 1)}, at(0)));
  CHECK_FALSE(NetworkMeter().update({interface("eth0", 1)}, at(0)));
}

TEST_CASE("shares are of the ticks between two readings, and sum to one") {
  CpuMeter meter;
  meter.update(stat_with({.user = 1000, .idle = 9000}, {{0, {.user = 1000, .idle = 9000}}}), at(0));
  const CpuTimes later{1010, 5, 20, 9040, 15, 4, 1, 5};
  const auto cpu = meter.update(stat_with(later, {{0, later}}), at(1000)).value();
  CHECK(cpu.interval == 1s);
  CHECK(cpu.total.user == Approx(0.10));
  CHECK(cpu.total.nice == Approx(0.05));
  CHECK(cpu.total.system == Approx(0.20));
  CHECK(cpu.total.idle == Approx(0.40));
  CHECK(cpu.total.iowait == Approx(0.15));
  CHECK(cpu.total.interrupt == Approx(0.05));
  CHECK(cpu.total.steal == Approx(0.05));
  CHECK(cpu.busy == Approx(0.45));
  CHECK(sum(cpu.total) == Approx(1));
  CHECK(sum(cpu.cores.at(0).shares) == Approx(1));
}

TEST_CASE("readings closer than a clock tick are joined into one interval") {
  CpuMeter meter;
  meter.update(stat_with({.idle = 10}, {{0, {.idle = 10}}}), at(0));
  CHECK_FALSE(meter.update(stat_with({.idle = 10}, {{0, {.idle = 10}}}), at(4)));
  const auto cpu = meter.update(stat_with({.idle = 11}, {{0, {.idle = 11}}}), at(8)).value();
  CHECK(cpu.interval == 8ms);
  CHECK(cpu.total.idle == 1);
}

TEST_CASE("a core that goes offline disappears, and is idle when it comes back") {
  CpuMeter meter;
  meter.update(stat_with({.user = 10}, {{0, {.user = 5}}, {1, {.user = 5}}}), at(0));
  auto cpu = meter.update(stat_with({.user = 20}, {{0, {.user = 15}}}), at(100)).value();
  REQUIRE(cpu.cores.size() == 1);
  cpu = meter.update(stat_with({.user = 30}, {{0, {.user = 25}}, {1, {.user = 7777}}}), at(200)).value();
  REQUIRE(cpu.cores.size() == 2);
  CHECK(cpu.cores[1].id == 1);
  CHECK(cpu.cores[1].shares.idle == 1);
  CHECK(cpu.cores[1].shares.user == 0);
}

TEST_CASE("an idle counter that the kernel corrects downwards counts as standing still") {
  CpuMeter meter;
  meter.update(stat_with({.user = 10, .idle = 100}, {{0, {.user = 10, .idle = 100}}}), at(0));
  const auto cpu = meter.update(stat_with({.user = 11, .idle = 99}, {{0, {.user = 11, .idle = 99}}}), at(10));
  CHECK(cpu.value().total.user == 1);
  CHECK(cpu.value().total.idle == 0);
}

TEST_CASE("counters at the end of their range give shares of one") {
  CpuMeter meter;
  const auto most = std::numeric_limits<std::uint64_t>::max();
  meter.update(stat_with({}, {{0, {}}}), at(0));
  const auto cpu =
      meter.update(stat_with({.user = most, .system = most, .idle = most}, {{0, {.idle = most}}}), at(10));
  CHECK(sum(cpu.value().total) == Approx(1));
}

TEST_CASE("a clock that stands still answers nothing and spoils nothing") {
  DiskMeter disks;
  disks.update({disk("sda", 1, 100, 1)}, at(0));
  CHECK_FALSE(disks.update({disk("sda", 2, 200, 2)}, at(0)));
  CHECK_FALSE(disks.update({disk("sda", 2, 200, 2)}, at(-5)));
  CHECK(disks.update({disk("sda", 3, 300, 3)}, at(1000)).value().disks.at(0).reads == 2);
}

TEST_CASE("disk rates are differences per second, and times are means per request") {
  DiskMeter meter;
  meter.update({disk("sda", 100, 1000, 500)}, at(0));
  const auto disks = meter.update({disk("sda", 110, 3000, 600)}, at(500)).value();
  const auto& sda = disks.disks.at(0);
  CHECK(sda.reads == 20);
  CHECK(sda.read_bytes == 2000 * 512 * 2);
  CHECK(sda.read_time == 10ms);
  CHECK(sda.write_time == 0ms);
  CHECK(sda.busy == Approx(0.2));
  CHECK(sda.total_read_bytes == 3000 * 512);
}

TEST_CASE("a disk's time counters wrap at 32 bits without a jump") {
  DiskMeter meter;
  meter.update({disk("sda", 100, 0, 4'294'967'290U)}, at(0));
  const auto disks = meter.update({disk("sda", 110, 0, 94)}, at(1000)).value();
  CHECK(disks.disks.at(0).read_time == 10ms);
  CHECK(disks.disks.at(0).busy == Approx(0.1));
}

TEST_CASE("a disk that was replaced by one of the same name gives rates of zero once") {
  DiskMeter meter;
  meter.update({disk("sda", 1'000'000, 1'000'000, 1000)}, at(0));
  auto disks = meter.update({disk("sda", 5, 40, 3)}, at(1000)).value();
  CHECK(disks.disks.at(0).read_bytes == 0);
  CHECK(disks.disks.at(0).busy == 0);
  CHECK(disks.disks.at(0).total_read_bytes == 40 * 512);
  disks = meter.update({disk("sda", 6, 48, 4)}, at(2000)).value();
  CHECK(disks.disks.at(0).read_bytes == 8 * 512);
}

TEST_CASE("a share of busy time is never above one") {
  DiskMeter meter;
  meter.update({disk("sda", 0, 0, 0)}, at(0));
  CHECK(meter.update({disk("sda", 1, 1, 2000)}, at(1000)).value().disks.at(0).busy == 1);
}

TEST_CASE("devices are compared by name when they come, go and change places") {
  NetworkMeter meter;
  meter.update({interface("lo", 0), interface("eth0", 1000), interface("eth1", 5000)}, at(0));
  const auto network =
      meter.update({interface("eth1", 5100), interface("wlan0", 777'777), interface("lo", 10)}, at(1000))
          .value();
  REQUIRE(network.interfaces.size() == 3);
  CHECK(network.interfaces[0].received.bytes == 100);
  CHECK(network.interfaces[0].sent.bytes == 200);
  CHECK(network.interfaces[1].received.bytes == 0);  // New: its past is not ours.
  CHECK(network.interfaces[1].received.total_bytes == 777'777);
  CHECK(network.interfaces[2].received.bytes == 10);
}

TEST_CASE("an interface whose driver starts its counters again gives a rate of zero once") {
  NetworkMeter meter;
  meter.update({interface("eth0", 1'000'000)}, at(0));
  CHECK(meter.update({interface("eth0", 20)}, at(1000)).value().interfaces.at(0).received.bytes == 0);
  CHECK(meter.update({interface("eth0", 70)}, at(2000)).value().interfaces.at(0).received.bytes == 50);
}

TEST_CASE("used memory is what is not available") {
  const auto memory =
      to_memory({.total = 1000, .free = 100, .available = 250, .swap_total = 10, .swap_free = 4}, at(0));
  CHECK(memory.used == 0.75);
  CHECK(memory.swap_used == 0.6);
}

TEST_CASE("available memory is estimated where the kernel does not, and never above the total") {
  CHECK(to_memory({.total = 1000, .free = 100, .buffers = 50, .cached = 150}, at(0)).available == 300);
  CHECK(to_memory({.total = 1000, .free = 900, .buffers = 50, .cached = 150}, at(0)).available == 1000);
  CHECK(to_memory({.total = 1000, .free = 100, .available = 2000}, at(0)).used == 0);
}

TEST_CASE("without swap none of it is used") {
  CHECK(to_memory({.total = 1}, at(0)).swap_used == 0);
}

}  // namespace weft::hostmon
