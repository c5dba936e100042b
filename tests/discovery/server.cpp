#include "discovery/server.hpp"

#include <csignal>
#include <fstream>
#include <random>

#include <sys/resource.h>
#include <sys/wait.h>

#include "base/file_lock.hpp"
#include "daemon_kit.hpp"

namespace weft::discovery::test {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A process that does something, then waits to be killed. It is forked while no other thread runs that matters to it.
class Child final {
 public:
  explicit Child(const std::function<void()>& action) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      action();
      [[maybe_unused]] const auto told = ::write(ends[1], "!", 1);
      for (;;)
        ::pause();
    }
    char done = 0;
    REQUIRE(::read(ends[0], &done, 1) == 1);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { kill(); }
  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

Port big_port(std::uint32_t number, char fill) {
  auto port = publisher({7, number}, "big" + std::to_string(number));
  port.schema = std::string(50'000, fill);
  return port;
}

}  // namespace

TEST_CASE("a second daemon of a domain is told that it is in use, one of another domain is not") {
  const Folder folder;
  const Running server(folder.path());
  const auto second = Server::create({folder.path(), "default", {}}, {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::in_use);
  CHECK(second.error().message.find("domain default") != std::string::npos);
  CHECK(Server::create({folder.path(), "other", {}}, {}));
}

TEST_CASE("a server that has ended leaves nothing") {
  const Folder folder;
  { const Running server(folder.path()); }
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("the socket and lock of a killed daemon are taken over") {
  const Folder folder;
  {
    std::unique_ptr<Server> killed;
    Child child([&] { killed = std::move(Server::create({folder.path(), "default", {}}, {})).value(); });
    CHECK(Server::create({folder.path(), "default", {}}, {}).error().code == Errc::in_use);
  }
  REQUIRE(fs::exists(folder.socket()));
  CHECK(Watcher::open(folder.path(), "default").error().code == Errc::unavailable);
  const Running server(folder.path());
  CHECK(Watcher::open(folder.path(), "default"));
}

TEST_CASE("what is not a daemon's is not removed for one") {
  const Folder folder;
  std::ofstream(folder.socket()) << "precious";
  CHECK(Server::create({folder.path(), "default", {}}, {}).error().code == Errc::in_use);
  CHECK(fs::file_size(folder.socket()) == 8);
}

TEST_CASE("a directory that is not there, and one that nobody may write to, are errors") {
  const Folder folder;
  CHECK(Server::create({folder.path() + "/no", "default", {}}, {}).error().code == Errc::not_found);
  CHECK(Server::create({"/proc", "default", {}}, {}).error().code != Errc::internal);
}

TEST_CASE("the kernel says who is at the other end, not the program") {
  const Folder folder;
  const Running server(folder.path());
  const Raw session(folder.socket(), hello(7, "seven", false));
  auto watcher = watching(folder.path());
  until(watcher, [](const Graph& graph) { return graph.sessions.contains(7); });
  const auto& seen = watcher.graph().sessions.at(7);
  CHECK(seen.pid == ::getpid());
  CHECK(seen.uid == ::geteuid());
  CHECK(seen.program == "seven");
  CHECK(watcher.daemon_pid() == ::getpid());
  CHECK(watcher.daemon().domain == "default");
}

TEST_CASE("another version is refused in words, and read there even by those who said more than Hello") {
  const Folder folder;
  const Running server(folder.path());
  Raw session(folder.socket());
  auto greeting = hello(7, "newer", false);
  greeting.major = 99;
  session.say(encode_packet(greeting));
  const auto more = encode_packet(NodeUp{{1, "n", ""}});
  // Where the refusal was faster, nobody is left to read it.
  [[maybe_unused]] const auto sent = ::send(session.fd(), more.data(), more.size(), MSG_NOSIGNAL);
  const auto welcome = session.welcome();
  CHECK(welcome.refusal.find("99") != std::string::npos);
  CHECK(session.ended());
}

TEST_CASE("a context that is there already does not get in twice, and the first goes on") {
  const Folder folder;
  const Running server(folder.path());
  Raw first(folder.socket(), hello(7, "first", false));
  Raw second(folder.socket());
  second.say(encode_packet(hello(7, "second", false)));
  CHECK(second.welcome().refusal == "context 0000000000000007 is there already");
  CHECK(second.ended());
  first.say(Synced{});
  first.next<Synced>();
}

TEST_CASE("a session that withdrew everything has left, one that did not has died") {
  const Folder folder;
  const Running server(folder.path());
  Raw tool(folder.socket(), hello(0, "tool", true));
  for (const bool polite : {true, false}) {
    {
      Raw session(folder.socket(), hello(7, "seven", false));
      session.say(NodeUp{{1, "n", ""}});
      session.say(PortUp{publisher({7, 1})});
      session.say(PortDown{1});
      if (polite) session.say(NodeDown{1});
      session.say(Synced{});
      session.next<Synced>();
    }
    CHECK(tool.next<SessionGone>().why == (polite ? Departure::left : Departure::died));
  }
}

TEST_CASE("nonsense closes the session that says it, and no other") {
  const Folder folder;
  const Running server(folder.path());
  Raw polite(folder.socket(), hello(7, "polite", false));
  SECTION("before Hello") {
    Raw rude(folder.socket());
    rude.say_bytes("nonsense");
    CHECK(rude.ended());
  }
  SECTION("afterwards") {
    Raw rude(folder.socket(), hello(8, "rude", false));
    rude.say_bytes("nonsense of a type that nobody knows");  // a newer version's: passed over
    rude.say(Synced{});
    rude.next<Synced>();
    rude.say(PortUp{publisher({7, 1})});  // another's port
    CHECK(rude.ended());
  }
  SECTION("an empty packet") {
    Raw rude(folder.socket(), hello(8, "rude", false));
    rude.say_bytes("");
    CHECK(rude.ended());
  }
  SECTION("a packet that is too long") {
    Raw rude(folder.socket(), hello(8, "rude", false));
    const int size = 1 << 20;
    ::setsockopt(rude.fd(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    ::setsockopt(rude.fd(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    rude.say_bytes(std::string(max_packet_bytes + 1, 'x'));
    CHECK(rude.ended());
  }
  polite.say(Synced{});
  polite.next<Synced>();
}

TEST_CASE("random packets from many sessions end none but those") {
  const Folder folder;
  const Running server(folder.path());
  Raw polite(folder.socket(), hello(7, "polite", false));
  std::mt19937 random(4711);
  const std::vector<Bytes> words{encode_packet(PortUp{publisher({8, 1})}), encode_packet(Synced{}),
                                 encode_packet(Hosting{1, "far", "far://x", ""}),
                                 encode_packet(NodeUp{{1, "n", ""}}), encode_packet(hello(8, "rude", true))};
  for (int i = 0; i < 300; ++i) {
    const auto connection = Connection::open(folder.socket());
    REQUIRE(connection);
    const auto send = [&](const Bytes& packet) {
      ::send(connection->fd(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    };
    if (i % 3 != 0) send(encode_packet(hello(8 + random() % 3, "rude", i % 2 == 0)));
    for (auto packets = random() % 20; packets > 0; --packets) {
      auto packet = words[random() % words.size()];
      for (auto flips = random() % 4; flips > 0; --flips)
        packet[random() % packet.size()] ^= std::byte(1U << (random() % 8));
      packet.resize(packet.size() - random() % 3);
      send(packet);
    }
  }
  polite.say(Synced{});
  polite.next<Synced>();
  auto watcher = watching(folder.path());
  until(watcher, [](const Graph& graph) { return graph.sessions.size() == 1; });
}

TEST_CASE("a flood keeps nobody else waiting for ever") {
  const Folder folder;
  const Running server(folder.path());
  std::atomic<bool> stop{false};
  std::thread flood([&] {
    const auto connection = Connection::open(folder.socket());
    const auto packet = encode_packet(Synced{});
    const auto greeting = encode_packet(hello(8, "flood", false));
    ::send(connection->fd(), greeting.data(), greeting.size(), MSG_NOSIGNAL);
    while (!stop) {
      pollfd polled{connection->fd(), POLLOUT, 0};
      ::poll(&polled, 1, 10);
      ::send(connection->fd(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  });
  Raw polite(folder.socket(), hello(7, "polite", false));
  for (int i = 0; i < 100; ++i) {
    polite.say(Synced{});
    polite.next<Synced>();
  }
  stop = true;
  flood.join();
}

TEST_CASE("a watcher that does not read costs the daemon a bounded queue, and is told anew when it reads") {
  const Folder folder;
  const Running server(folder.path());
  Raw slow(folder.socket(), hello(0, "slow", true));
  auto watcher = watching(folder.path());
  Raw session(folder.socket(), hello(7, "seven", false));
  constexpr std::uint32_t most = 10;
  for (std::uint32_t round = 0; round < 20; ++round) {
    for (std::uint32_t i = 1; i <= most; ++i) {
      if (round > 0) session.say(PortDown{i});
      session.say(PortUp{big_port(i, char('a' + round))});
    }
    session.say(Synced{});  // as fast as the daemon can take it
    session.next<Synced>();
  }
  slow.next<Anew>();
  std::size_t seen = 0;
  for (std::uint32_t i = 1; i <= most; ++i)
    seen += slow.next<PortSeen>().port.schema == big_port(1, 't').schema ? 1 : 0;
  CHECK(seen == most);
  slow.next<Synced>();
  until(watcher, [](const Graph& graph) {
    return graph.ports.size() == most && graph.ports.begin()->second.schema[0] == 't';
  });
}

TEST_CASE("the end of a process ends its sessions, even if a child of it still has the socket") {
  const Folder folder;
  const Running server(folder.path());
  auto watcher = watching(folder.path());
  Fd keeper(::eventfd(0, EFD_CLOEXEC));
  std::optional<Raw> session;
  int heir = 0;
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  Child child([&] {
    session.emplace(folder.socket(), hello(7, "seven", false));
    session->say(PortUp{publisher({7, 1})});
    heir = ::fork();
    if (heir == 0) {
      for (;;)
        ::pause();
    }
    [[maybe_unused]] const auto told = ::write(ends[1], &heir, sizeof heir);
  });
  REQUIRE(::read(ends[0], &heir, sizeof heir) == sizeof heir);
  until(watcher, [](const Graph& graph) { return graph.ports.size() == 1; });
  child.kill();
  until(watcher, [](const Graph& graph) { return graph.sessions.empty() && graph.ports.empty(); });
  ::kill(heir, SIGKILL);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("what a killed process left in the runtime directory is swept") {
  const Folder folder;
  const Running server(folder.path());
  const auto socket = folder.path() + "/its-socket";
  std::optional<FileLock> lock;
  std::optional<Raw> session;
  Child child([&] {
    session.emplace(folder.socket(), hello(7, "seven", false));
    session->say(PortUp{publisher({7, 1})});
    lock = std::move(FileLock::acquire(transport::lock_path(socket))).value();
    bound_at(socket).reset();
  });
  REQUIRE(fs::exists(socket));
  child.kill();
  until([&] { return !fs::exists(socket) && !fs::exists(transport::lock_path(socket)); });
  CHECK(fs::exists(folder.socket()));
}

TEST_CASE("a server without sessions ends after a while if it is asked to, and not while there is one") {
  const Folder folder;
  std::optional<Running> server(std::in_place, folder.path(), LogSink(), 200ms);
  {
    Raw session(folder.socket(), hello(7, "seven", false));
    CHECK(server->ended().wait_for(600ms) == std::future_status::timeout);
    session.say(Synced{});
    session.next<Synced>();
  }
  REQUIRE(server->ended().wait_for(watchdog) == std::future_status::ready);
  CHECK(server->ended().get());
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a daemon without descriptors turns newcomers away in words, and lets them in again later") {
  const Folder folder;
  const Running server(folder.path());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::deque<Fd> sockets;
  for (int i = 0; i < 5; ++i)
    sockets.emplace_back(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  const auto address = unix_address(folder.socket()).value();
  const rlimit full{rlim_t(sockets.back().get() + 1), before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &full);
  const auto connected = ::connect(sockets[0].get(), generic(address), sizeof address);
  Bytes packet(max_packet_bytes);
  const auto length = ::recv(sockets[0].get(), packet.data(), packet.size(), 0);
  ::setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(connected == 0);
  REQUIRE(length > 0);
  packet.resize(std::size_t(length));
  CHECK(read_welcome(packet).value().refusal.find("RLIMIT_NOFILE") != std::string::npos);
  Raw later(folder.socket(), hello(7, "later", false));
  later.say(Synced{});
  later.next<Synced>();
}

}  // namespace weft::discovery::test
