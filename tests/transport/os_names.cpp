#include "transport/os_names.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_lock.hpp"

using namespace weft;
using namespace weft::transport;
namespace fs = std::filesystem;

namespace {

/// A directory that is gone after the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "names-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void make_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

/// What a process that was killed leaves: the socket and its lock.
void leave_behind(const std::string& path) {
  make_socket(path);
  const auto child = ::fork();
  if (child == 0) {
    const int fd = ::open(lock_path(path).c_str(), O_RDWR | O_CREAT, 0600);
    const bool held = ::flock(fd, LOCK_EX) == 0 && ::write(fd, "weft lock 1234567\n", 18) == 18;
    ::kill(::getpid(), held ? SIGKILL : SIGTERM);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

}  // namespace

TEST_CASE("a given runtime directory is made for its user alone") {
  const Folder folder;
  const auto made = runtime_directory(folder / "run");
  REQUIRE(made);
  CHECK(*made == folder / "run");
  CHECK(fs::status(*made).permissions() == fs::perms::owner_all);
  CHECK(runtime_directory(folder / "run"));
  CHECK(*runtime_directory(folder / "run/") == folder / "run");
}

TEST_CASE("a runtime directory that is not the user's own directory is refused with a remedy") {
  const Folder folder;
  std::ofstream(folder / "file") << "x";
  fs::create_directory_symlink(folder.path(), folder / "link");
  for (const auto* name : {"file", "link", "link/", "link//", "link/./"}) {
    const auto refused = runtime_directory(folder / name);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::permission_denied);
    CHECK(refused.error().message.find("set WEFT_RUNTIME_DIR") != std::string::npos);
  }
  CHECK(runtime_directory("run").error().code == Errc::invalid_argument);
  CHECK(runtime_directory(folder / "no/such").error().code == Errc::not_found);
}

TEST_CASE("a runtime directory without room for the longest name of a socket is refused, and not made") {
  const Folder folder;
  const auto most = max_socket_path - 1 - own_name({~std::uint64_t{0}, ~std::uint32_t{0}}).size();
  const auto fits = folder / std::string(most - folder.path().size() - 1, 'x');
  CHECK(runtime_directory(fits));
  const auto refused = runtime_directory(fits + "x");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::too_big);
  CHECK(refused.error().message.find("a shorter one") != std::string::npos);
  CHECK_FALSE(fs::exists(fits + "x"));
}

TEST_CASE("without a given one there is a runtime directory that nobody else may enter") {
  const auto directory = runtime_directory();
  REQUIRE(directory);
  struct stat found {};
  REQUIRE(::lstat(directory->c_str(), &found) == 0);
  CHECK(S_ISDIR(found.st_mode));
  CHECK((found.st_mode & 077) == 0);
  CHECK(found.st_uid == ::geteuid());
}

TEST_CASE("an ipc address is a name in the runtime directory or an absolute path") {
  CHECK(*socket_path("camera-1.left_A", "/run/x") == "/run/x/camera-1.left_A");
  CHECK(*socket_path("/var/run/camera", "/run/x") == "/var/run/camera");
  CHECK(lock_path("/run/x/camera") == "/run/x/camera.lock");
}

TEST_CASE("an ipc address out of form is refused with an example") {
  for (const std::string_view address :
       {"", ".", "..", "a/b", "a b", "@abstract", "*", "a.lock", "/run/a.lock", "/run/"}) {
    const auto path = socket_path(address, "/run/x");
    REQUIRE_FALSE(path);
    CHECK(path.error().code == Errc::invalid_argument);
  }
  CHECK(socket_path("a b", "/r").error().message.find("ipc://camera") != std::string::npos);
}

TEST_CASE("a daemon has a socket for each domain, which no ipc address can take") {
  CHECK(*daemon_socket("default", "/run/x") == "/run/x/weftd-default");
  CHECK(*daemon_socket("robot_1-b", "/run/x") == "/run/x/weftd-robot_1-b");
  CHECK(socket_path("weftd-default", "/run/x").error().code == Errc::invalid_argument);
  CHECK(socket_path("weftd", "/run/x"));
}

TEST_CASE("the domains of a directory are those of its daemons' sockets") {
  Folder folder;
  CHECK(daemon_domains(folder.path()).empty());
  for (const auto* name : {"weftd-lab", "weftd-lab.lock", "weftd-default", "weftd-", "weftd-Not", "camera"})
    std::ofstream(folder.path() + "/" + name).put('x');
  CHECK(daemon_domains(folder.path()) == std::vector<std::string>{"default", "lab"});
  for (const auto* name : {"weftd-lab", "weftd-lab.lock", "weftd-default", "weftd-", "weftd-Not", "camera"})
    std::filesystem::remove(folder.path() + "/" + name);
  CHECK(daemon_domains("/nowhere/at/all").empty());
}

TEST_CASE("a domain out of form is refused with an example") {
  for (const std::string_view domain : {"", "Robot", "a/b", "a.b", "..", "a b", "\x1b[2J"}) {
    const auto path = daemon_socket(domain, "/run/x");
    REQUIRE_FALSE(path);
    CHECK(path.error().code == Errc::invalid_argument);
    CHECK(path.error().message.find("like robot-1") != std::string::npos);
    CHECK(path.error().message.find('\x1b') == std::string::npos);
  }
  CHECK(daemon_socket(std::string(32, 'a'), "/run/x"));
  CHECK(daemon_socket(std::string(33, 'a'), "/run/x").error().code == Errc::invalid_argument);
  CHECK(daemon_socket("default", "/" + std::string(100, 'a')).error().code == Errc::too_big);
}

TEST_CASE("a socket path beyond the kernel's limit is refused with the count") {
  CHECK(socket_path("/" + std::string(106, 'a'), "/r"));
  const auto path = socket_path("/" + std::string(107, 'a'), "/r");
  REQUIRE_FALSE(path);
  CHECK(path.error().code == Errc::too_big);
  CHECK(path.error().message.find("108 bytes, the kernel takes 107") != std::string::npos);
  CHECK(socket_path(std::string(100, 'a'), "/run/user/1000").error().code == Errc::too_big);
}

TEST_CASE("sweeping removes what a killed program left, and nothing else") {
  const Folder folder;
  leave_behind(folder / "dead");
  REQUIRE(fs::exists(folder / "dead.lock"));
  make_socket(folder / "foreign");
  std::ofstream(folder / "other.lock") << "4711\n";
  const auto alive = FileLock::acquire(lock_path(folder / "alive"));
  REQUIRE(alive);
  make_socket(folder / "alive");
  const auto daemon = *daemon_socket("default", folder.path());
  const auto dead_daemon = *daemon_socket("other", folder.path());
  const auto daemon_lock = FileLock::acquire(lock_path(daemon));
  REQUIRE(daemon_lock);
  make_socket(daemon);
  leave_behind(dead_daemon);
  CHECK(sweep(folder.path()).value() == 2);
  CHECK(sweep(folder.path()).value() == 0);
  CHECK_FALSE(fs::exists(folder / "dead"));
  CHECK_FALSE(fs::exists(folder / "dead.lock"));
  CHECK(fs::exists(folder / "alive"));
  CHECK(fs::exists(folder / "alive.lock"));
  CHECK(fs::exists(daemon));
  CHECK(fs::exists(lock_path(daemon)));
  CHECK_FALSE(fs::exists(dead_daemon));
  CHECK_FALSE(fs::exists(lock_path(dead_daemon)));
  CHECK(fs::exists(folder / "foreign"));
  CHECK(fs::exists(folder / "other.lock"));
}

TEST_CASE("sweeping what is no directory is an error") {
  CHECK(sweep("/nowhere/at/all").error().code == Errc::not_found);
}

TEST_CASE("sweeping never takes a lock, or a socket, from who is just starting") {
  const Folder folder;
  const auto socket = folder / "contended";
  std::atomic<bool> stop{false};
  std::thread sweeper([&] {
    while (!stop)
      static_cast<void>(sweep(folder.path()));
  });
  bool lost = false;
  for (int i = 0; i < 300; ++i) {
    if (i % 10 == 0) leave_behind(socket);
    const auto lock = FileLock::acquire(lock_path(socket));
    REQUIRE(lock);
    ::unlink(socket.c_str());
    make_socket(socket);
    std::this_thread::yield();
    lost = lost || !fs::exists(socket) || !fs::exists(lock_path(socket));
    ::unlink(socket.c_str());
  }
  stop = true;
  sweeper.join();
  CHECK_FALSE(lost);
}

TEST_CASE("sockets that a live process holds are listed by name, the dead's and the daemons' are not") {
  const Folder folder;
  CHECK(held_sockets(folder.path()).empty());
  CHECK(held_sockets("/nowhere/at/all").empty());
  leave_behind(folder / "dead");
  const auto one = FileLock::acquire(lock_path(folder / "b"));
  const auto two = FileLock::acquire(lock_path(folder / "a"));
  const auto daemon = FileLock::acquire(lock_path(folder / "weftd-default"));
  const auto held = held_sockets(folder.path());
  REQUIRE(held.size() == 2);
  CHECK(held[0].name == "a");
  CHECK(held[1].name == "b");
  CHECK(held[0].pid == ::getpid());
}
