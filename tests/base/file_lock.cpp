#include "base/file_lock.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

using namespace weft;
namespace fs = std::filesystem;

namespace {

/// A directory that is gone after the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "lock-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] std::string operator/(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A process that takes the lock and is then killed.
void die_holding(const std::string& path) {
  const auto child = ::fork();
  if (child == 0) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    ::flock(fd, LOCK_EX);
    ::_exit(::write(fd, "weft lock 1234567\n", 18) == 18 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
}

}  // namespace

TEST_CASE("a held lock is refused, and the message names the holder") {
  const Folder folder;
  const auto lock = FileLock::acquire(folder / "a.lock");
  REQUIRE(lock);
  const auto second = FileLock::acquire(folder / "a.lock");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::in_use);
  CHECK(second.error().message.find("held by process " + std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("a released lock leaves no file and can be taken again") {
  const Folder folder;
  const auto path = folder / "a.lock";
  { REQUIRE(FileLock::acquire(path)); }
  CHECK_FALSE(fs::exists(path));
  CHECK(FileLock::acquire(path));
}

TEST_CASE("a dead holder's lock is taken over") {
  const Folder folder;
  const auto path = folder / "a.lock";
  die_holding(path);
  REQUIRE(fs::exists(path));
  CHECK(FileLock::acquire(path));
}

TEST_CASE("a dead holder's lock is adopted, a live one's is not") {
  const Folder folder;
  const auto path = folder / "a.lock";
  CHECK(FileLock::adopt(path).error().code == Errc::not_found);
  die_holding(path);
  {
    const auto lock = FileLock::adopt(path);
    REQUIRE(lock);
    CHECK(FileLock::adopt(path).error().code == Errc::in_use);
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("an empty lock file, of one who was killed before it had written its name, is adopted") {
  const Folder folder;
  const auto path = folder / "a.lock";
  std::ofstream(path).flush();
  { REQUIRE(FileLock::adopt(path)); }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("who lost his file to somebody's hand does not remove that of the next holder") {
  const Folder folder;
  const auto path = folder / "a.lock";
  std::optional<FileLock> first = FileLock::acquire(path).value();
  CHECK(first->is_in_place());
  fs::remove(path);
  CHECK_FALSE(first->is_in_place());
  const auto second = FileLock::acquire(path).value();
  first.reset();
  CHECK(second.is_in_place());
}

TEST_CASE("a lock file of another program is not adopted") {
  const Folder folder;
  const auto path = folder / "other.lock";
  std::ofstream(path) << "4711\n";
  CHECK(FileLock::adopt(path).error().code == Errc::not_found);
  CHECK(fs::exists(path));
}

TEST_CASE("a lock that a sweeper holds for a moment is waited for") {
  const Folder folder;
  const auto path = folder / "a.lock";
  die_holding(path);
  auto swept = FileLock::adopt(path);
  REQUIRE(swept);
  std::thread sweeper([lock = *std::move(swept)]() mutable { const auto ended = std::move(lock); });
  CHECK(FileLock::acquire(path));
  sweeper.join();
}

TEST_CASE("a symbolic link is not followed") {
  const Folder folder;
  std::ofstream(folder / "target") << "precious";
  fs::create_symlink(folder / "target", folder / "a.lock");
  CHECK_FALSE(FileLock::acquire(folder / "a.lock"));
}

TEST_CASE("a directory that does not exist is an error") {
  CHECK(FileLock::acquire("/nowhere/at/all.lock").error().code == Errc::not_found);
}

TEST_CASE("however many fight for it, one at a time has it") {
  const Folder folder;
  const auto path = folder / "a.lock";
  std::atomic<int> inside{0};
  std::atomic<bool> shared{false};
  std::vector<std::thread> fighters;
  for (int i = 0; i < 4; ++i) {
    fighters.emplace_back([&] {
      for (int won = 0; won < 50;) {
        const auto lock = FileLock::acquire(path);
        if (!lock) continue;
        if (++inside != 1) shared = true;
        std::this_thread::yield();
        --inside;
        ++won;
      }
    });
  }
  for (auto& fighter : fighters)
    fighter.join();
  CHECK_FALSE(shared);
}

TEST_CASE("the holder of a lock can be asked for, without taking it") {
  const Folder folder;
  const auto path = folder / "a.lock";
  CHECK(!FileLock::holder(path));
  {
    const auto lock = FileLock::acquire(path);
    REQUIRE(lock);
    CHECK(FileLock::holder(path) == ::getpid());
  }
  CHECK(!FileLock::holder(path));
  die_holding(path);
  CHECK(!FileLock::holder(path));
  CHECK(FileLock::acquire(path));
}
