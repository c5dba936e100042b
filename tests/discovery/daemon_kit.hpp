// For the tests of the daemon's two sides: a server on a thread, ports that write down what they are told, raw sessions.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/agent.hpp"
#include "base/unix_address.hpp"
#include "discovery/client.hpp"
#include "discovery/connection.hpp"
#include "discovery/greeting.hpp"
#include "discovery/packet.hpp"
#include "discovery/server.hpp"
#include "discovery/watcher.hpp"
#include "transport/os_names.hpp"
#include "type/traits.hpp"

namespace weft::discovery::test {

inline constexpr auto watchdog = std::chrono::seconds(60);

/// Polls until it is so; fails the test if a minute passes first.
inline void until(const std::function<bool()>& condition) {
  const Deadline deadline(watchdog);
  while (!condition()) {
    REQUIRE_FALSE(deadline.has_passed(now()));
    ::poll(nullptr, 0, 1);
  }
}

/// A directory that is gone after the test.
class Folder final {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "disc-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string socket() const { return *transport::daemon_socket("default", path_); }

 private:
  std::string path_;
};

/// A socket that is bound to the path, and so looks like a daemon's.
inline Fd bound_at(const std::string& path) {
  const auto address = unix_address(path).value();
  Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(socket.get(), generic(address), sizeof address) == 0);
  return socket;
}

/// One that listens there, too.
inline Fd listening_at(const std::string& path) {
  auto socket = bound_at(path);
  REQUIRE(::listen(socket.get(), 5) == 0);
  return socket;
}

/// A server that runs on a thread of its own until it goes out of scope.
class Running final {
 public:
  explicit Running(const std::string& folder, LogSink log = {}, Duration idle_stop = {})
      : stop_(::eventfd(0, EFD_CLOEXEC)) {
    auto server = Server::create({folder, "default", idle_stop}, std::move(log));
    REQUIRE(server);
    auto ended = ended_.get_future();
    thread_ = std::thread([this, mine = *std::move(server)]() mutable {
      const auto result = mine->run(stop_.get());
      mine.reset();
      ended_.set_value(result.has_value());
    });
    future_ = std::move(ended);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto bytes = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
  }
  std::future<bool>& ended() { return future_; }

 private:
  Fd stop_;
  std::promise<bool> ended_;
  std::future<bool> future_;
  std::thread thread_;
};

inline Port make_port(PortKind kind, PortKey key, std::string name = "t") {
  Port port{.key = key, .kind = kind, .name = std::move(name)};
  port.media = {{"far", false}};
  return port;
}
inline Port publisher(PortKey key, std::string name = "t") {
  return make_port(PortKind::publisher, key, std::move(name));
}
inline Port subscriber(PortKey key, std::string name = "t") {
  return make_port(PortKind::subscriber, key, std::move(name));
}

/// A port that writes down what it is told, one line each.
class Diary final : public Matchmaking {
 public:
  explicit Diary(PortKey key) : key_(key) {}

  Result<transport::Endpoint> host(const std::string& scheme) override {
    write("host " + scheme);
    if (fails(scheme)) return Error{Errc::in_use, "no room"};
    return transport::Endpoint{scheme, std::to_string(key_.context) + "." + std::to_string(key_.port)};
  }
  Result<void> join(const Peer& owner, const transport::Endpoint& endpoint) override {
    write("join " + text(owner.key) + " " + endpoint.uri());
    if (fails(endpoint.scheme)) return Error{Errc::resource_exhausted, "no room"};
    return {};
  }
  void leave(const PortKey& peer, Departure why) override {
    write("leave " + text(peer) + " " + std::string(enumerator_name(why)));
  }
  void refused(const Peer& peer, Obstacle obstacle, const std::string& /*reason*/) override {
    write("refused " + text(peer.key) + " " + std::string(enumerator_name(obstacle)));
  }

  /// Waits for the next line.
  std::string next() {
    std::unique_lock lock(mutex_);
    REQUIRE(written_.wait_for(lock, watchdog, [&] { return !lines_.empty(); }));
    auto line = lines_.front();
    lines_.pop_front();
    return line;
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return lines_.empty();
  }

  std::string refused_scheme;
  int failures = std::numeric_limits<int>::max();  ///< How often it is refused.

 private:
  bool fails(const std::string& scheme) { return scheme == refused_scheme && failures-- > 0; }
  static std::string text(const PortKey& key) {
    return std::to_string(key.context) + "." + std::to_string(key.port);
  }
  void write(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    written_.notify_all();
  }

  const PortKey key_;
  std::mutex mutex_;
  std::condition_variable written_;
  std::deque<std::string> lines_;
};

/// A Context without nodes: agent and client, and the lines of its log.
class World final {
 public:
  World(const std::string& folder, std::uint64_t context, Duration patience = std::chrono::seconds(60))
      : agent_(std::move(Agent::start()).value()),
        log_([this](Severity severity, std::string_view line) { write(severity, line); }) {
    ClientOptions options{folder, "default", "", "test", context, patience};
    client_ = std::move(Client::create(*agent_, log_, std::move(options))).value();
  }
  Client& operator*() { return *client_; }
  Client* operator->() { return client_.get(); }
  Agent& agent() { return *agent_; }
  /// Warnings and worse.
  std::vector<std::string> complaints() {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }

 private:
  void write(Severity severity, std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (severity >= Severity::warning) complaints_.emplace_back(line);
  }

  std::mutex mutex_;
  std::vector<std::string> complaints_;
  std::unique_ptr<Agent> agent_;
  LogSink log_;
  std::unique_ptr<Client> client_;
};

/// A session by hand: says what it likes, and reads word by word.
class Raw final {
 public:
  explicit Raw(const std::string& socket) : connection_(std::move(Connection::open(socket)).value()) {}
  Raw(const std::string& socket, const Hello& hello) : Raw(socket) {
    say(encode_packet(hello));
    REQUIRE(welcome().refusal.empty());
  }

  [[nodiscard]] int fd() const { return connection_.fd(); }
  /// Waits until it is sent.
  void say(Bytes packet) {
    REQUIRE(connection_.send(std::move(packet)).value());
    while (connection_.waiting()) {
      pollfd polled{fd(), POLLOUT, 0};
      REQUIRE(::poll(&polled, 1, int(std::chrono::milliseconds(watchdog).count())) == 1);
      REQUIRE(connection_.flush());
    }
  }
  void say(const ContextWord& word) { say(encode_packet(word)); }
  void say_bytes(std::string_view bytes) {
    REQUIRE(::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size()));
  }

  /// The next packet; nothing if the session has ended.
  std::optional<Bytes> packet() {
    for (;;) {
      const auto got = connection_.receive(buffer_);
      if (!got) return {};
      if (*got) return Bytes((*got)->begin(), (*got)->end());
      pollfd polled{fd(), POLLIN, 0};
      REQUIRE(::poll(&polled, 1, int(std::chrono::milliseconds(watchdog).count())) == 1);
    }
  }
  Welcome welcome() { return read_welcome(packet().value()).value(); }
  bool ended() {
    while (packet()) {
    }
    return true;
  }
  /// The next word of that type; others are passed over.
  template <class T>
  T next() {
    for (;;) {
      const auto word = reader_.read(packet().value()).value().value();
      if (const auto* found = std::get_if<T>(&word)) return *found;
    }
  }

 private:
  Connection connection_;
  Bytes buffer_;
  PacketReader<Word> reader_ = PacketReader<Word>::create({}).value();
};

inline Watcher watching(const std::string& folder) {
  return std::move(Watcher::open(folder, "default")).value();
}

/// Waits until the directory is as asked.
inline void until(Watcher& watcher, const std::function<bool(const Graph&)>& condition) {
  REQUIRE(watcher.sync(Deadline(watchdog)));
  while (!condition(watcher.graph())) {
    pollfd polled{watcher.fd(), POLLIN, 0};
    REQUIRE(::poll(&polled, 1, int(std::chrono::milliseconds(watchdog).count())) == 1);
    REQUIRE(watcher.update());
  }
}

}  // namespace weft::discovery::test
