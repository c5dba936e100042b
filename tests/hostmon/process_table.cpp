#include "hostmon/process_table.hpp"

#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

PidStat process(std::int32_t pid, std::uint64_t user_ticks, std::uint64_t start_ticks = 1) {
  return {.pid = pid, .name = "p", .state = 'S', .user_ticks = user_ticks, .start_ticks = start_ticks};
}

}  // namespace

TEST_CASE("processor time is counted in cores, over each process's own interval") {
  ProcessTable table(100, 4096);
  table.observe(process(1, 0), at(0).instant);
  table.observe(process(2, 0), at(500).instant);
  table.observe(process(1, 200), at(1000).instant);  // Two cores for a second.
  table.observe(process(2, 25), at(1000).instant);   // Half a core for half a second.
  const auto top = table.top(10);
  REQUIRE(top.size() == 2);
  CHECK(top[0].pid == 1);
  CHECK(top[0].cpu == Approx(2));
  CHECK(top[1].cpu == Approx(0.5));
}

TEST_CASE("the top is limited, sorted by use and then by id") {
  ProcessTable table(100, 4096);
  for (const auto now : {0, 1000}) {
    for (std::int32_t pid = 1; pid <= 20; ++pid) {
      table.observe(process(pid, now == 0 ? 0U : static_cast<std::uint64_t>(pid % 10)), at(now).instant);
    }
  }
  const auto top = table.top(3);
  REQUIRE(top.size() == 3);
  CHECK(top[0].pid == 9);
  CHECK(top[1].pid == 19);
  CHECK(top[2].pid == 8);
  CHECK(table.top(0).empty());
  CHECK(table.top(100).size() == 20);
}

TEST_CASE("a process id that was given to another process starts from zero") {
  ProcessTable table(100, 4096);
  table.observe(process(7, 100, 1), at(0).instant);
  table.observe(process(7, 100'000, 2), at(1000).instant);
  CHECK(table.top(1).at(0).cpu == 0);
  table.observe(process(7, 100'050, 2), at(2000).instant);
  CHECK(table.top(1).at(0).cpu == Approx(0.5));
}

TEST_CASE("processes that ended are forgotten") {
  ProcessTable table(100, 4096);
  for (const std::int32_t pid : {3, 5, 7})
    table.observe(process(pid, 0), at(0).instant);
  const std::vector<std::int32_t> alive{1, 5, 9};
  table.retain(alive);
  REQUIRE(table.top(10).size() == 1);
  CHECK(table.top(10)[0].pid == 5);
  table.retain({});
  CHECK(table.top(10).empty());
}

TEST_CASE("a second reading at the same instant changes no rate") {
  ProcessTable table(100, 4096);
  table.observe(process(1, 0), at(0).instant);
  table.observe(process(1, 50), at(1000).instant);
  table.observe(process(1, 60), at(1000).instant);
  CHECK(table.top(1).at(0).cpu == Approx(0.5));
}

TEST_CASE("every letter of the kernel has a state, and any other is unknown") {
  using enum topics::host::ProcessState;
  CHECK(to_state('R') == running);
  CHECK(to_state('D') == disk_sleep);
  CHECK(to_state('t') == traced);
  CHECK(to_state('T') == stopped);
  CHECK(to_state('I') == idle);
  CHECK(to_state('?') == unknown);
}

}  // namespace weft::hostmon
