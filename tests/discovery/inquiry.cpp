#include "discovery/inquiry.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>

#include "base/file_lock.hpp"
#include "daemon_kit.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Folder;
using test::Running;

namespace {

Finding first(const std::string& name, const std::string& given, const std::string& domain = "default") {
  const auto explanation = inquire(name, given, domain);
  REQUIRE(explanation);
  REQUIRE(!explanation->findings.empty());
  return explanation->findings.front();
}

Fd listen_at(const std::string& path) {
  Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}

/// A process that holds a socket's lock until this goes out of scope.
class Holder final {
 public:
  explicit Holder(const std::string& socket) {
    std::array<int, 2> ready{-1, -1};
    REQUIRE(::pipe2(ready.data(), O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto lock = FileLock::acquire(transport::lock_path(socket));
      if (lock) [[maybe_unused]]
        const auto told = ::write(ready[1], "x", 1);
      ::close(ready[1]);
      for (;;)
        ::pause();
    }
    ::close(ready[1]);
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] int pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("without a daemon that is the answer") {
  const Folder folder;
  CHECK(first("a", folder.path()).cause == Cause::daemon);
}

TEST_CASE("where no daemon runs and none can, that is the answer with what is in the way") {
  const Folder folder;
  const auto socket = folder.socket();
  const auto lock = transport::lock_path(socket);
  const auto is_in_the_way = [&](const std::string& what) {
    const auto finding = first("a", folder.path());
    CHECK(finding.reason.find(what) != std::string::npos);
    CHECK(finding.reason.find("none can start") != std::string::npos);
    CHECK(finding.remedy.find("clear the way") != std::string::npos);
    CHECK(watch(folder.path(), "default").error().code == Errc::in_use);
    CHECK(watch(folder.path(), "lab").error().code == Errc::unavailable);
  };
  SECTION("a directory has its lock's name") {
    std::filesystem::create_directory(lock);
    is_in_the_way(lock);
  }
  SECTION("or a link has") {
    std::filesystem::create_symlink("nowhere", lock);
    is_in_the_way(lock);
  }
  SECTION("a file has its socket's name") {
    Fd(::open(socket.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    is_in_the_way(socket);
  }
  SECTION("a process holds its lock and does not listen") {
    const Holder holder(socket);
    is_in_the_way("process " + std::to_string(holder.pid()));
  }
}

TEST_CASE("what a dead daemon left keeps none from starting, and nothing is left by looking") {
  const Folder folder;
  const auto dead = test::bound_at(folder.socket());
  Fd(::open(transport::lock_path(folder.socket()).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  CHECK(watch(folder.path(), "default").error().code == Errc::unavailable);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("what is asked of daemons that do not answer ends when it is told to") {
  const Folder folder;
  const auto hung = test::listening_at(folder.socket());
  const Fd stop(::eventfd(1, EFD_CLOEXEC));
  CHECK(watch(folder.path(), "default", stop.get()).error().code == Errc::cancelled);
  CHECK(inquire("a", folder.path(), "default", stop.get()).error().code == Errc::cancelled);
}

TEST_CASE("another domain whose daemon does not answer is told where somebody is missing") {
  const Folder folder;
  const auto hung = test::listening_at(*transport::daemon_socket("lab", folder.path()));
  const Holder stranger(folder.path() + "/house");
  const Running daemon(folder.path());
  const auto explanation = inquire("a", folder.path(), "default");
  REQUIRE(explanation);
  REQUIRE(explanation->findings.size() == 2);
  CHECK(explanation->findings[0].cause == Cause::nobody);  // the lab may know the stranger
  CHECK(explanation->findings[1].cause == Cause::daemon);
  CHECK(explanation->findings[1].reason.find("domain \"lab\" does not answer") != std::string::npos);
}

TEST_CASE("a directory that cannot be used is the answer") {
  CHECK(first("a", "/dev/null").cause == Cause::permission);
}

TEST_CASE("a directory that is another user's, or a socket that is not ours to use, is the answer") {
  constexpr unsigned nobody = 65534;
  const Folder folder;
  const Running daemon(folder.path());
  if (::geteuid() == 0) {
    REQUIRE(::chown(folder.path().c_str(), nobody, nobody) == 0);
  } else {
    std::filesystem::permissions(folder.socket(), std::filesystem::perms::none);
  }
  const auto finding = first("a", folder.path());
  CHECK(finding.cause == Cause::permission);
  CHECK(finding.remedy.find("WEFT_RUNTIME_DIR") != std::string::npos);
}

TEST_CASE("a domain or a directory out of form is wrong usage, no answer") {
  const Folder folder;
  CHECK(inquire("a", folder.path(), "No Domain").error().code == Errc::invalid_argument);
  CHECK(inquire("a", "not/absolute", "default").error().code == Errc::invalid_argument);
  CHECK(inquire("a", "/" + std::string(100, 'x'), "default").error().code == Errc::too_big);
}

TEST_CASE("a daemon is asked, and starts none of its own") {
  const Folder folder;
  const Running daemon(folder.path());
  CHECK(first("a", folder.path()).cause == Cause::nobody);
  CHECK(first("a", folder.path(), "lab").cause == Cause::daemon);
}

TEST_CASE(
    "a daemon of another major version is the answer, and so is one that refuses us or talks nonsense") {
  auto other_major = welcome("default", "");
  other_major.major = protocol_major + 1;
  for (const auto& said :
       {encode_packet(other_major), encode_packet(welcome("default", "it is full")), Bytes(12)}) {
    const Folder folder;
    const Fd listening = listen_at(folder.socket());
    std::thread daemon([&] {
      const Fd visitor(::accept(listening.get(), nullptr, nullptr));
      [[maybe_unused]] const auto sent = ::send(visitor.get(), said.data(), said.size(), MSG_NOSIGNAL);
    });
    CHECK(first("a", folder.path()).cause == Cause::daemon);
    daemon.join();
  }
}

TEST_CASE("a process that holds a socket and is in no directory may be the one that is missing") {
  const Folder folder;
  const Holder stranger(folder.path() + "/house");
  const Running daemon(folder.path());
  const auto finding = first("a", folder.path());
  CHECK(finding.cause == Cause::daemon);
  CHECK(finding.reason.find("pid " + std::to_string(stranger.pid()) + " (socket house)") !=
        std::string::npos);
}
