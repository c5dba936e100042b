#include "hostmon/files.hpp"

#include <sys/stat.h>

#include "hostmon/tree.hpp"

namespace weft::hostmon {

TEST_CASE("a directory that is not there is an error that names it") {
  const auto missing = Directory::open("/nonexistent/proc");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message == "open /nonexistent/proc: No such file or directory");
}

TEST_CASE("a file is not a directory") {
  CHECK_FALSE(Directory::open((data("proc-small") / "proc/stat").string()));
}

TEST_CASE("a file's contents are read whole, whatever its size") {
  const Tree tree("proc-small");
  auto directory = Directory::open(tree.options().proc).value();
  for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 16'385U, 100'000U}) {
    const std::string text(size, 'x');
    tree.write("proc/file", text);
    CHECK(directory.read("file").value() == text);
  }
}

TEST_CASE("a file above the limit is refused") {
  const Tree tree("proc-small");
  auto directory = Directory::open(tree.options().proc).value();
  tree.write("proc/file", "12345");
  CHECK(directory.read("file", 5));
  const auto refused = directory.read("file", 4);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::too_big);
}

TEST_CASE("a directory or a pipe in place of a file does not stop the reader") {
  const Tree tree("proc-small");
  auto directory = Directory::open(tree.options().proc).value();
  CHECK_FALSE(directory.read("net"));
  REQUIRE(::mkfifo((tree.options().proc + "/pipe").c_str(), 0600) == 0);
  CHECK(directory.read("pipe").value().empty());
}

TEST_CASE("process ids are listed in ascending order, other names are not") {
  auto directory = Directory::open((data("proc-small") / "proc").string()).value();
  std::vector<std::int32_t> pids{7};
  REQUIRE(directory.list_pids(pids));
  CHECK(pids == std::vector<std::int32_t>{1, 2, 14, 15, 24, 1106});
}

TEST_CASE("a moved directory still reads") {
  auto first = Directory::open((data("proc-small") / "proc").string()).value();
  auto second = std::move(first);
  CHECK(second.has("stat"));
  second = Directory::open((data("proc-large") / "proc").string()).value();
  CHECK(second.read("loadavg").value().starts_with("137.24"));
}

}  // namespace weft::hostmon
