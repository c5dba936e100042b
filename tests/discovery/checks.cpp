#include "discovery/checks.hpp"

#include <algorithm>
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
