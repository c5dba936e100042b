// The machine that runs the test: values in valid ranges, totals consistent.
#include <unistd.h>

#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

Sampler live_sampler() {
  return Sampler::open(options_of_this_machine()).value();
}

void check_share(double share) {
  CHECK(share >= 0);
  CHECK(share <= 1.000001);
}

// Asks until there is an answer; the clock that is passed in goes on by itself.
template <class Ask>
auto first_answer(Ask ask) {
  while (true) {
    if (auto answer = ask(Moment::now()).value()) return *std::move(answer);
  }
}

}  // namespace

TEST_CASE("live shares of every core lie in 0 to 1 and sum to one") {
  auto sampler = live_sampler();
  const auto cpu = first_answer([&](Moment now) { return sampler.cpu(now); });
  CHECK(cpu.interval > Duration::zero());
  REQUIRE_FALSE(cpu.cores.empty());
  CHECK(cpu.running >= 1);  // This test.
  check_share(cpu.busy);
  const auto check = [](const topics::host::CpuShares& s) {
    for (const double share : {s.user, s.nice, s.system, s.interrupt, s.steal, s.iowait, s.idle})
      check_share(share);
    CHECK(s.user + s.nice + s.system + s.interrupt + s.steal + s.iowait + s.idle == Approx(1));
  };
  check(cpu.total);
  for (const auto& core : cpu.cores)
    check(core.shares);
}

TEST_CASE("live memory is consistent") {
  const auto memory = live_sampler().memory(Moment::now()).value();
  CHECK(memory.total > 0);
  CHECK(memory.free <= memory.total);
  CHECK(memory.available <= memory.total);
  CHECK(memory.swap_free <= memory.swap_total);
  check_share(memory.used);
  check_share(memory.swap_used);
}

TEST_CASE("live load counts at least this thread") {
  const auto load = live_sampler().load(Moment::now()).value();
  CHECK(load.threads >= 1);
  CHECK(load.one >= 0);
  CHECK(load.uptime > Duration::zero());
}

TEST_CASE("live disks have rates that are not negative and shares up to one") {
  auto sampler = live_sampler();
  const auto now = Moment::now();
  if (!sampler.disks(now)) {
    WARN("SKIPPED: live disks: this machine has no diskstats");
    return;
  }
  const auto disks = first_answer([&](Moment later) { return sampler.disks(later); });
  for (const auto& disk : disks.disks) {
    INFO(disk.name);
    check_share(disk.busy);
    CHECK(disk.read_bytes >= 0);
    CHECK(disk.written_bytes >= 0);
    CHECK(disk.read_time >= Duration::zero());
  }
}

TEST_CASE("live interfaces have names and rates that are not negative") {
  auto sampler = live_sampler();
  const auto network = first_answer([&](Moment now) { return sampler.network(now); });
  for (const auto& interface : network.interfaces) {
    CHECK_FALSE(interface.name.empty());
    CHECK(interface.received.bytes >= 0);
    CHECK(interface.sent.packets >= 0);
  }
}

TEST_CASE("live pressure is there in valid shares, or not at all") {
  const auto pressure = live_sampler().pressure(Moment::now()).value();
  if (!pressure) return;
  for (const auto* resource : {&pressure->cpu, &pressure->memory, &pressure->io}) {
    check_share(resource->some.avg10);
    CHECK(resource->some.total >= Duration::zero());
    if (resource->full) CHECK(resource->full->total <= resource->some.total);
  }
}

TEST_CASE("the live top contains processes that exist, sorted by use") {
  auto sampler = live_sampler();
  const auto top = first_answer([&](Moment now) { return sampler.top(now); });
  REQUIRE_FALSE(top.processes.empty());
  CHECK(top.processes.size() <= 10);
  CHECK(top.count >= top.processes.size());
  CHECK(std::ranges::is_sorted(top.processes, std::ranges::greater(), &topics::host::Process::cpu));
}

TEST_CASE("the live details of this process are its own") {
  const auto now = Moment::now();
  const auto details = live_sampler().process(::getpid(), now).value();
  CHECK(details.pid == ::getpid());
  CHECK(details.parent == ::getppid());
  CHECK(details.name == "hostmon_test");
  CHECK(details.command_line.find("hostmon_test") != std::string::npos);
  CHECK(details.user_id == ::geteuid());
  CHECK(details.resident > 0);
  CHECK(details.virtual_size >= details.resident);
  CHECK(details.started <= now.wall + std::chrono::seconds(2));  // The boot time is rounded to seconds.
}

}  // namespace weft::hostmon
