#include "hostmon/sampler.hpp"

#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

using namespace std::chrono_literals;
namespace host = topics::host;

}  // namespace

TEST_CASE("a root that is not there is an error that names it") {
  const auto sampler = Sampler::open({.proc = "/nonexistent/proc"});
  REQUIRE_FALSE(sampler);
  CHECK(sampler.error().message == "open /nonexistent/proc: No such file or directory");
}

TEST_CASE("options out of range are refused") {
  CHECK(Sampler::open({.top = 1001}).error().code == Errc::invalid_argument);
  CHECK(Sampler::open({.scan = 0}).error().code == Errc::invalid_argument);
  CHECK(Sampler::open({.ticks_per_second = 0}).error().code == Errc::invalid_argument);
  CHECK(Sampler::open({.page_size = 0}).error().code == Errc::invalid_argument);
}

TEST_CASE("a captured machine answers from every source") {
  const Tree tree("proc-small");
  auto sampler = tree.sampler();
  CHECK_FALSE(sampler.cpu(at(0)).value());
  CHECK_FALSE(sampler.disks(at(0)).value());
  CHECK_FALSE(sampler.network(at(0)).value());
  CHECK_FALSE(sampler.top(at(0)).value());
  CHECK(sampler.memory(at(0)).value().total > 0);
  CHECK(sampler.load(at(0)).value().threads > 0);
  CHECK(sampler.pressure(at(0)).value());
  tree.edit("proc/stat", "cpu0 ", "cpu0 9");
  tree.edit("proc/stat", "cpu  ", "cpu  9");
  const auto cpu = sampler.cpu(at(1000)).value().value();
  CHECK(cpu.stamp == at(1000).wall);
  CHECK(cpu.cores.at(0).shares.user == 1);
  CHECK(cpu.cores.at(1).shares.idle == 1);
  CHECK(sampler.top(at(1000)).value().value().count == 6);
}

TEST_CASE("a kernel without pressure information is no error") {
  const Tree tree("proc-nopsi");
  auto sampler = tree.sampler();
  const auto pressure = sampler.pressure(at(0));
  REQUIRE(pressure);
  CHECK_FALSE(*pressure);
  CHECK(sampler.memory(at(0)).value().available > 0);
  CHECK_FALSE(sampler.cpu(at(0)).value());
}

TEST_CASE("partitions and devices that were never used are left out") {
  const Tree tree("proc-large");
  auto sampler = tree.sampler();
  REQUIRE(sampler.disks(at(0)));
  const auto disks = sampler.disks(at(1000)).value().value();
  std::vector<std::string> names;
  for (const auto& disk : disks.disks)
    names.push_back(disk.name);
  CHECK(names == std::vector<std::string>{"nvme0n1", "sda", "cciss/c0d0", "dm-0"});
}

TEST_CASE("without /sys partitions cannot be told apart and all are listed") {
  const Tree tree("proc-large");
  tree.remove("sys");
  auto sampler = tree.sampler();
  REQUIRE(sampler.disks(at(0)));
  CHECK(sampler.disks(at(1000)).value().value().disks.size() == 6);
  REQUIRE(sampler.network(at(0)));
  const auto network = sampler.network(at(1000)).value().value();
  CHECK(network.interfaces.size() == 4);
  CHECK_FALSE(network.interfaces[1].speed);
}

TEST_CASE("interfaces carry the state and speed of their link") {
  const Tree tree("proc-large");
  auto sampler = tree.sampler();
  REQUIRE(sampler.network(at(0)));
  const auto interfaces = sampler.network(at(1000)).value().value().interfaces;
  REQUIRE(interfaces.size() == 4);
  CHECK(interfaces[0].up);
  CHECK_FALSE(interfaces[0].speed);
  CHECK(interfaces[1].speed == 100'000'000'000U);
  CHECK_FALSE(interfaces[3].up);
  CHECK_FALSE(interfaces[3].speed);  // The kernel's -1, written without sign.
}

TEST_CASE("a link's speed is asked for again when it goes up or down") {
  const Tree tree("proc-large");
  auto sampler = tree.sampler();
  const auto link = [&](std::int64_t milliseconds) {
    return sampler.network(at(milliseconds)).value().value().interfaces.at(1);
  };
  REQUIRE(sampler.network(at(0)));
  tree.write("sys/class/net/ens1f0np0/speed", "-1\n");
  tree.write("sys/class/net/ens1f0np0/operstate", "down\n");
  CHECK_FALSE(link(1000).up);
  CHECK_FALSE(link(2000).speed);
  tree.write("sys/class/net/ens1f0np0/speed", "1000\n");
  tree.write("sys/class/net/ens1f0np0/operstate", "up\n");
  CHECK(link(3000).speed == 1'000'000'000);
}

TEST_CASE("one damaged source leaves the others alone, and heals when the file does") {
  const Tree tree("proc-small");
  auto sampler = tree.sampler();
  REQUIRE(sampler.disks(at(0)));
  const auto good = tree.read("proc/diskstats");
  tree.write("proc/diskstats", "8 0 sda 1 2 x3 4\n");
  const auto bad = sampler.disks(at(1000));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::malformed);
  CHECK(bad.error().message ==
        tree.options().proc + "/diskstats: line 1: sectors read: \"x3\" is not a number");
  CHECK(sampler.memory(at(1000)));
  CHECK(sampler.cpu(at(1000)));
  tree.write("proc/diskstats", good);
  CHECK(sampler.disks(at(2000)).value().value().interval == 2s);
}

TEST_CASE("a missing source is an error that names the file") {
  const Tree tree("proc-small");
  tree.remove("proc/net/dev");
  auto sampler = tree.sampler();
  const auto network = sampler.network(at(0));
  REQUIRE_FALSE(network);
  CHECK(network.error().code == Errc::not_found);
  CHECK(network.error().message == "open " + tree.options().proc + "/net/dev: No such file or directory");
  CHECK(sampler.load(at(0)));
}

TEST_CASE("the busiest processes are found, and those that end disappear") {
  const Tree tree("proc-large");
  auto sampler = tree.sampler();
  REQUIRE(sampler.top(at(0)));
  tree.edit("proc/301/stat", " 1002 502 ", " 1102 552 ");
  auto top = sampler.top(at(1000)).value().value();
  CHECK(top.count == 9);
  CHECK(top.processes.at(0).pid == 301);
  CHECK(top.processes.at(0).name == "two words");
  CHECK(top.processes.at(0).cpu == Approx(1.5));
  CHECK(top.processes.at(0).state == host::ProcessState::running);
  CHECK(top.processes.at(0).resident == 2050 * 4096);
  tree.remove("proc/301");
  top = sampler.top(at(2000)).value().value();
  CHECK(top.count == 8);
  CHECK(top.processes.at(0).pid != 301);
}

TEST_CASE("a small scan reaches every process in turn and keeps reading the top") {
  const Tree tree("proc-large");
  auto options = tree.options();
  options.scan = 1;
  options.top = 1;
  auto sampler = Sampler::open(options).value();
  for (int round = 0; round < 9; ++round)
    REQUIRE(sampler.top(at(round * 100)));
  tree.edit("proc/302/stat", " 1003 503 ", " 2003 503 ");
  int rounds = 9;
  for (; sampler.top(at(rounds * 100)).value().value().processes.at(0).pid != 302; ++rounds)
    REQUIRE(rounds < 18);
  tree.edit("proc/302/stat", " 2003 503 ", " 2103 503 ");
  const auto top = sampler.top(at((rounds + 10) * 100)).value().value();
  CHECK(top.processes.at(0).cpu == Approx(1));
}

TEST_CASE("a process that cannot be read is left out") {
  const Tree tree("proc-small");
  tree.write("proc/15/stat", "garbage");
  tree.write("proc/24/stat", tree.read("proc/14/stat"));  // Another process's line.
  tree.remove("proc/14/stat");
  auto sampler = tree.sampler();
  REQUIRE(sampler.top(at(0)));
  const auto top = sampler.top(at(1000)).value().value();
  CHECK(top.count == 6);
  CHECK(top.processes.size() == 3);
}

TEST_CASE("a process's details come from all of its files") {
  const Tree tree("proc-large");
  auto sampler = tree.sampler();
  const auto details = sampler.process(302, at(5)).value();
  CHECK(details.stamp == at(5).wall);
  CHECK(details.pid == 302);
  CHECK(details.parent == 1);
  CHECK(details.name == "(((");
  CHECK(details.command_line == "((( --flag");
  CHECK(details.state == host::ProcessState::disk_sleep);
  CHECK(details.user_id == 3);
  CHECK(details.threads == 4);
  CHECK(details.started == Time(1'700'000'000s) + 42'030ms);
  CHECK(details.user_time == 10'030ms);
  CHECK(details.system_time == 5'030ms);
  CHECK(details.virtual_size == 1U << 30U);
  CHECK(details.resident == 2051 * 4096);
  CHECK(details.peak_resident == 16'777'216);
  CHECK(details.swapped == 4096);
}

TEST_CASE("a process that does not exist is not found") {
  const Tree tree("proc-small");
  auto sampler = tree.sampler();
  CHECK(sampler.process(99, at(0)).error().code == Errc::not_found);
  CHECK(sampler.process(0, at(0)).error().code == Errc::invalid_argument);
  CHECK(sampler.process(-5, at(0)).error().code == Errc::invalid_argument);
}

TEST_CASE("a process whose command line is hidden still has its other details") {
  const Tree tree("proc-large");
  tree.remove("proc/301/cmdline");
  auto sampler = tree.sampler();
  CHECK(sampler.process(301, at(0)).value().command_line.empty());
}

}  // namespace weft::hostmon
