#include "discovery/checks.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <set>

#include "daemon_kit.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Folder;
using test::Running;

namespace {

Check named(const std::vector<Check>& checks, std::string_view name) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [&](auto& each) { return each.name == name; });
  REQUIRE(found != checks.end());
  return *found;
}

}  // namespace

TEST_CASE("every check has a name of its own, and a remedy exactly where something is wrong") {
  const Folder folder;
  std::set<std::string> names;
  for (const auto& check : check_all(folder.path(), "default")) {
    INFO(check.name);
    CHECK(names.insert(check.name).second);
    CHECK(!check.text.empty());
    CHECK((check.state == CheckState::ok) == check.remedy.empty());
  }
  CHECK(names.size() > 10);
}

TEST_CASE("what nothing uses yet is told of and never asked for") {
  const auto limits = check_limits();
  for (const auto* name : {"locked memory", "posix queues", "system v queues"}) {
    CHECK(named(limits, name).state == CheckState::ok);
    CHECK(named(limits, name).text.ends_with(" (weft uses none yet)"));
  }
}

TEST_CASE("a kernel is new enough by its major and minor version") {
  for (const auto* release : {"5.9", "5.10.0", "6.1.0-13-amd64", "10.0"})
    CHECK(check_kernel(release).state == CheckState::ok);
  for (const auto* release : {"5.8.18", "5.3", "4.19.0-6", "5", "", "unknown"})
    CHECK(check_kernel(release).remedy == "weft needs pidfds and close_range(): Linux 5.9 or newer");
}

TEST_CASE("of the clock the kernel is asked how fine it is") {
  timespec resolution{};
  REQUIRE(::clock_getres(CLOCK_REALTIME, &resolution) == 0);
  CHECK(named(check_clock(), "clock").text ==
        "resolution " + std::to_string(resolution.tv_sec * 1'000'000'000 + resolution.tv_nsec) + " ns");
}

TEST_CASE("the sweep says how many it removed, whatever else comes and goes in the directory") {
  const Folder folder;
  const auto swept = [&] { return named(check_directory(folder.path()), "leftovers swept").text; };
  CHECK(swept() == "there were none");
  std::ofstream(folder.path() + "/dead.lock") << "weft lock 1234567\n";  // which nobody holds
  std::ofstream(folder.path() + "/file") << "stays";
  CHECK(swept() == "1 of killed programs, removed");
  CHECK(std::filesystem::exists(folder.path() + "/file"));
}

TEST_CASE("that no daemon runs is a warning, that one runs is not") {
  const Folder folder;
  CHECK(named(check_daemon(folder.path(), "default"), "daemon").state == CheckState::warn);
  const Running daemon(folder.path());
  const auto found = named(check_daemon(folder.path(), "default"), "daemon");
  CHECK(found.state == CheckState::ok);
  CHECK(found.text.find("domain default") != std::string::npos);
}

TEST_CASE("another domain's daemon is named") {
  const Folder folder;
  const Running daemon(folder.path());
  CHECK(named(check_daemon(folder.path(), "lab"), "domains").text == "this is \"lab\"; others here: default");
}

TEST_CASE("a directory that others may enter is a warning, one that cannot be used a failure") {
  const Folder folder;
  CHECK(named(check_directory(folder.path()), "directory").state == CheckState::ok);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  CHECK(named(check_directory(folder.path()), "directory").state == CheckState::warn);
  const auto wrong = named(check_directory("/dev/null"), "directory");
  CHECK(wrong.state == CheckState::fail);
  CHECK(!wrong.remedy.empty());
}
