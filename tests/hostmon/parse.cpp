#include "hostmon/parse.hpp"

#include <fmt/core.h>

#include "hostmon/tree.hpp"

namespace weft::hostmon {

TEST_CASE("the processor times of a captured machine are read per core and in total") {
  const auto stat = parse_stat(captured("proc-small", "proc/stat")).value();
  REQUIRE(stat.cores.size() == 2);
  CHECK(stat.cores[1].id == 1);
  CHECK(stat.total.idle >= stat.cores[0].times.idle);
  CHECK(stat.boot_time > 1'700'000'000);
  CHECK(stat.context_switches > 0);
}

TEST_CASE("offline cores leave gaps in the ids, and nothing else") {
  const auto stat = parse_stat(captured("proc-large", "proc/stat")).value();
  REQUIRE(stat.cores.size() == 256 - 17);
  CHECK(stat.cores[2].id == 2);
  CHECK(stat.cores[3].id == 4);
  CHECK(stat.cores[16].id == 32);
  CHECK(stat.cores.back().id == 254);
  CHECK(stat.cores.back().times.user == 10000 + 254 * 7);
  CHECK(stat.running == 17);
  CHECK(stat.blocked == 3);
  CHECK(stat.context_switches == 98'765'432'109);
}

TEST_CASE("the fields of /proc/stat are read in the kernel's order") {
  const auto* text =
      "cpu 1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8\nctxt 9\nbtime 10\nprocesses 11\n"
      "procs_running 12\nprocs_blocked 13\n";
  const auto times = parse_stat(text).value().cores[0].times;
  CHECK(times.user == 1);
  CHECK(times.nice == 2);
  CHECK(times.system == 3);
  CHECK(times.idle == 4);
  CHECK(times.iowait == 5);
  CHECK(times.irq == 6);
  CHECK(times.softirq == 7);
  CHECK(times.steal == 8);
}

TEST_CASE("cores that are listed twice or backwards are damage") {
  const auto* text = "cpu 1 2 3 4 5 6 7 8\ncpu1 1 2 3 4 5 6 7 8\ncpu1 1 2 3 4 5 6 7 8\n";
  CHECK(parse_stat(text).error().message == "line 3: cpu: core 1 follows core 1");
}

TEST_CASE("a file cut at the end of a line is noticed by the lines that are missing") {
  auto text = captured("proc-small", "proc/stat");
  text.resize(text.find("procs_running"));
  CHECK(parse_stat(text).error().message == "\"procs_running\": the file has no such line, is it cut short?");
}

TEST_CASE("every cut of a captured file is either an error or complete") {
  const auto text = captured("proc-small", "proc/stat");
  const auto last_needed = text.find('\n', text.find("procs_blocked"));
  for (std::size_t size = 0; size < last_needed; ++size) {
    INFO(size);
    REQUIRE_FALSE(parse_stat(std::string_view(text).substr(0, size)));
  }
}

TEST_CASE("memory is read in bytes") {
  const auto memory = parse_meminfo(captured("proc-large", "proc/meminfo")).value();
  CHECK(memory.total == 1'056'423'912ULL * 1024);
  CHECK(memory.available == 912'345'678ULL * 1024);
  CHECK(memory.shared == 2'097'152ULL * 1024);
  CHECK(memory.reclaimable == 8'388'608ULL * 1024);
  CHECK(memory.swap_free == 50'331'644ULL * 1024);
}

TEST_CASE("memory without the kernel's estimate of what is available is no error") {
  CHECK_FALSE(parse_meminfo(captured("proc-nopsi", "proc/meminfo")).value().available);
}

TEST_CASE("memory that contradicts itself is damage") {
  const auto with = [](std::string_view total, std::string_view free, std::string_view swap_free) {
    return fmt::format(
        "MemTotal: {}\nMemFree: {}\nBuffers: 0 kB\nCached: 0 kB\nSwapTotal: 5 kB\nSwapFree: {}\n", total,
        free, swap_free);
  };
  CHECK(parse_meminfo(with("10 kB", "3 kB", "5 kB")));
  CHECK(parse_meminfo(with("0 kB", "0 kB", "5 kB")).error().message == "MemTotal: is 0");
  CHECK(parse_meminfo(with("2 kB", "3 kB", "5 kB")).error().message == "MemFree: is above MemTotal");
  CHECK(parse_meminfo(with("10 kB", "3 kB", "6 kB")).error().message == "SwapFree: is above SwapTotal");
  CHECK(parse_meminfo(with("10 MB", "3 kB", "5 kB")).error().message ==
        "line 1: MemTotal: the unit is \"MB\", not kB");
  CHECK(parse_meminfo(with("18014398509481984 kB", "3 kB", "5 kB")).error().message ==
        "line 1: MemTotal: 18014398509481984 is above 18014398509481983");
}

TEST_CASE("load and uptime are read from captured machines") {
  const auto load = parse_loadavg(captured("proc-large", "proc/loadavg")).value();
  CHECK(load.one == 137.24);
  CHECK(load.five == 98.01);
  CHECK(load.fifteen == 120.77);
  CHECK(load.running == 19);
  CHECK(load.threads == 8123);
  using namespace std::chrono_literals;
  CHECK(parse_uptime(captured("proc-large", "proc/uptime")).value() / 10ms == 864'012'345);
}

TEST_CASE("an uptime beyond what a Duration holds is an error") {
  CHECK_FALSE(parse_uptime("9000000001.00 0.00\n"));
  CHECK(parse_uptime("9000000000.00 0.00\n"));
}

TEST_CASE("disks are read whether the kernel writes fourteen, eighteen or twenty columns") {
  const auto disks = parse_diskstats(captured("proc-large", "proc/diskstats")).value();
  REQUIRE(disks.size() == 7);
  const auto& nvme = disks[1];
  CHECK(nvme.name == "nvme0n1");
  CHECK(nvme.reads == 987'654'321);
  CHECK(nvme.sectors_read == 98'765'432'100);
  CHECK(nvme.read_ms == 4'294'967'000);
  CHECK(nvme.writes == 887'766'554);
  CHECK(nvme.sectors_written == 77'665'544'332);
  CHECK(nvme.write_ms == 4'294'960'000);
  CHECK(nvme.in_flight == 7);
  CHECK(nvme.busy_ms == 4'294'967'290);
  CHECK(nvme.queue_ms == 4'294'960'001);
  CHECK(disks[5].name == "cciss/c0d0");
}

TEST_CASE("a machine without disks has an empty list of them") {
  CHECK(parse_diskstats("").value().empty());
}

TEST_CASE("disk counters that would not fit in bytes are damage") {
  CHECK(parse_diskstats("8 0 sda 1 0 36028797018963968 0 0 0 0 0 0 0 0\n").error().message ==
        "line 1: sectors read: 36028797018963968 is above 36028797018963967");
}

TEST_CASE("interfaces are read whether or not a blank follows the colon") {
  const auto interfaces = parse_net_dev(captured("proc-large", "proc/net/dev")).value();
  REQUIRE(interfaces.size() == 4);
  const auto& fast = interfaces[1];
  CHECK(fast.name == "ens1f0np0");
  CHECK(fast.received.bytes == 18'446'744'073'709'551'000U);
  CHECK(fast.received.errors == 3);
  CHECK(fast.received.drops == 4);
  CHECK(fast.sent.bytes == 17'000'000'000'000'000'000U);
  CHECK(fast.sent.errors == 5);
  CHECK(fast.sent.drops == 6);
  CHECK(interfaces[2].name == "bond0.4000");
  CHECK(interfaces[2].sent.bytes == 9);
}

TEST_CASE("an interface list needs its header") {
  CHECK_FALSE(parse_net_dev("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"));
  CHECK_FALSE(parse_net_dev("Inter-|   Receive |  Transmit\n"));
}

TEST_CASE("pressure is read as shares, and cpu has no full line on older kernels") {
  const auto io = parse_pressure(captured("proc-large", "proc/pressure/io")).value();
  CHECK(io.some.avg10 == 0.125);
  CHECK(io.some.avg300 == 1.0);
  CHECK(io.some.total_us == 123'456'789'012);
  REQUIRE(io.full);
  CHECK(io.full->avg60 == 0.005);
  CHECK_FALSE(parse_pressure(captured("proc-large", "proc/pressure/cpu")).value().full);
}

TEST_CASE("pressure out of range or under another name is damage") {
  CHECK(parse_pressure("some avg10=100.01 avg60=0.00 avg300=0.00 total=0\n").error().message ==
        "line 1: avg10: 100.01 is above 100");
  CHECK(parse_pressure("some avg60=0.00 avg10=0.00 avg300=0.00 total=0\n").error().message ==
        "line 1: avg10: missing, \"avg60=0.00\" stands there");
  CHECK_FALSE(parse_pressure("full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"));
}

}  // namespace weft::hostmon
