#include "hostmon/parse_process.hpp"

#include <fmt/core.h>

#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

PidStat stat_of(int pid) {
  return parse_pid_stat(captured("proc-large", fmt::format("proc/{}/stat", pid))).value();
}

}  // namespace

TEST_CASE("a process's numbers are read in the kernel's order") {
  const auto stat = stat_of(4'194'304);
  CHECK(stat.pid == 4'194'304);
  CHECK(stat.name == "biggest");
  CHECK(stat.state == 'S');
  CHECK(stat.parent == 1);
  CHECK(stat.user_ticks == 1007);
  CHECK(stat.system_ticks == 507);
  CHECK(stat.threads == 8);
  CHECK(stat.start_ticks == 4207);
  CHECK(stat.virtual_bytes == 1 << 30);
  CHECK(stat.resident_pages == 2055);
}

TEST_CASE("a process's name may contain blanks, parentheses or nothing, and changes no other field") {
  const std::pair<int, const char*> names[] = {
      {300, "tricky) R 1 (x"}, {301, "two words"}, {302, "((("}, {303, ")"}, {304, "a\\nb"}, {305, ""}};
  for (const auto& [pid, name] : names) {
    INFO(pid);
    CHECK(stat_of(pid).name == name);
    CHECK(stat_of(pid).parent == 1);
    CHECK(stat_of(pid).threads == static_cast<std::uint32_t>(pid - 298));
  }
}

TEST_CASE("a process's name is made printable") {
  CHECK(stat_of(306).name == "caf\u00e9 ??");
}

TEST_CASE("a process's line that is cut anywhere is an error") {
  const auto text = captured("proc-small", "proc/1/stat");
  for (std::size_t size = 0; size < text.size(); ++size) {
    INFO(size);
    REQUIRE_FALSE(parse_pid_stat(std::string_view(text).substr(0, size)));
  }
}

TEST_CASE("a process id that no kernel gives is an error") {
  CHECK_FALSE(parse_pid_stat("2147483648 (x) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
  CHECK_FALSE(parse_pid_stat("-1 (x) S 0\n"));
}

TEST_CASE("status gives what stat does not have") {
  const auto status = parse_pid_status(captured("proc-large", "proc/302/status")).value();
  CHECK(status.user_id == 3);
  CHECK(status.peak_bytes == 16384 * 1024);
  CHECK(status.swap_bytes == 4096);
  CHECK(status.voluntary_switches == 3);
  CHECK(status.forced_switches == 6);
}

TEST_CASE("a kernel thread's status has no memory and is no error") {
  const auto status = parse_pid_status(captured("proc-small", "proc/2/status")).value();
  CHECK(status.peak_bytes == 0);
  CHECK(status.swap_bytes == 0);
}

TEST_CASE("a command line is its arguments joined by blanks, printable and bounded") {
  using namespace std::string_view_literals;
  CHECK(parse_cmdline("sh\0-c\0echo hi\0"sv) == "sh -c echo hi");
  CHECK(parse_cmdline(""sv).empty());
  CHECK(parse_cmdline("\0\0\0"sv).empty());
  CHECK(parse_cmdline("a\nb\xff"sv) == "a?b?");
  CHECK(parse_cmdline(std::string(10'000, 'x')).size() == 4096);
}

TEST_CASE("only decimal names of /proc are process ids") {
  CHECK(parse_pid("1") == 1);
  CHECK(parse_pid("2147483647") == 2'147'483'647);
  for (const auto* name : {"", "0", "-1", "self", "1x", "2147483648", "thread-self"}) {
    INFO(name);
    CHECK_FALSE(parse_pid(name));
  }
}

}  // namespace weft::hostmon
