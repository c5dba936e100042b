// What binding refuses, and what it says.
#include <cstring>
#include <filesystem>
#include <fstream>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file_lock.hpp"
#include "raw.hpp"
#include "transport/os_names.hpp"

namespace weft::zmq_test {

namespace {

namespace fs = std::filesystem;

/// The error of a bind that must fail.
Error refused(Bench& bench, const Endpoint& endpoint) {
  auto port = bench.open(Role::publisher);
  const auto bound = port->end().bind(endpoint);
  REQUIRE_FALSE(bound);
  CHECK(bound.error().message.find('\n') == std::string::npos);
  return bound.error();
}

bool says(const Error& error, std::string_view what) {
  return error.message.find(what) != std::string::npos;
}

Fd raw_socket(const std::string& path, bool listening) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  if (listening) REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}

}  // namespace

TEST_CASE("a live ipc path is not stolen: the second bind names the process that has it") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto first = bench.bound(Role::publisher, at);
  const auto error = refused(bench, at);
  CHECK(error.code == Errc::in_use);
  CHECK(says(error, "process " + std::to_string(::getpid())));
  auto subscriber = bench.connected(Role::subscriber, at);
  bench.until([&] { return first->links() == 1; }, {first.get(), subscriber.get()});
}

TEST_CASE("a path where a stranger listens is not stolen") {
  Bench bench(registered("ipc"));
  const auto path = bench.runtime_directory() + "/stranger";
  {
    const auto stranger = raw_socket(path, true);
    const auto error = refused(bench, {"ipc", path});
    CHECK(error.code == Errc::in_use);
    CHECK(says(error, "another program listens"));
    CHECK(fs::is_socket(path));
  }
  CHECK_FALSE(fs::exists(transport::lock_path(path)));
  fs::remove(path);
}

TEST_CASE("a file that is no socket is left alone") {
  Bench bench(registered("ipc"));
  const auto path = bench.runtime_directory() + "/precious";
  std::ofstream(path) << "text";
  const auto error = refused(bench, {"ipc", path});
  CHECK(error.code == Errc::in_use);
  CHECK(says(error, "no socket"));
  CHECK(fs::file_size(path) == 4);
  fs::remove(path);
}

TEST_CASE("the socket of a dead program is taken over") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  raw_socket(bench.runtime_directory() + "/" + at.address, true).reset();
  auto publisher = bench.bound(Role::publisher, at);
  auto subscriber = bench.connected(Role::subscriber, at);
  bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
}

TEST_CASE("a directory that is missing or not writable is named, with what to do") {
  Bench bench(registered("ipc"));
  const auto missing = refused(bench, {"ipc", "/nowhere/at/all"});
  CHECK(missing.code == Errc::not_found);
  CHECK(says(missing, "make the directory /nowhere/at/"));
  const auto forbidden = refused(bench, {"ipc", "/sys/weft-test"});
  CHECK(forbidden.code == Errc::permission_denied);
  CHECK(says(forbidden, "make /sys/ writable"));
}

TEST_CASE("a socket path that is too long is refused with its length") {
  Bench bench(registered("ipc"));
  const auto error = refused(bench, {"ipc", "/tmp/" + std::string(200, 'a')});
  CHECK(error.code == Errc::too_big);
  CHECK(says(error, "205 bytes"));
  CHECK(bench.open(Role::subscriber)->end().connect({"ipc", "/tmp/" + std::string(200, 'a')}).error().code ==
        Errc::too_big);
}

TEST_CASE("a tcp port that somebody listens at is refused") {
  Bench bench(registered("tcp"));
  auto first = bench.open(Role::publisher);
  const auto at = first->end().bind({"tcp", "127.0.0.1:0"}).value();
  CHECK(at.address != "127.0.0.1:0");
  const auto error = refused(bench, at);
  CHECK(error.code == Errc::in_use);
  CHECK(says(error, at.uri()));
}

TEST_CASE("a host is bound by its name too, and the answer has its number") {
  Bench bench(registered("tcp"));
  auto publisher = bench.open(Role::publisher);
  const auto at = publisher->end().bind({"tcp", "localhost:0"});
  REQUIRE(at);
  CHECK(at->address.starts_with("127.0.0.1:"));
  auto everywhere = bench.open(Role::publisher);
  CHECK(everywhere->end().bind({"tcp", "*:0"}));
}

TEST_CASE("a tcp address out of form is refused with an example") {
  Bench bench(registered("tcp"));
  for (const std::string address : {"localhost", "localhost:", "localhost:x", "localhost:70000",
                                    "localhost:-1", ":5555", "a b:5555", "[::1:5555", "tcp://x:1", "a;b:1"}) {
    const auto error = refused(bench, {"tcp", address});
    CHECK(error.code == Errc::invalid_argument);
    CHECK(says(error, "like tcp://127.0.0.1:5555"));
    CHECK_FALSE(bench.open(Role::subscriber)->end().connect({"tcp", address}));
  }
  CHECK_FALSE(bench.open(Role::subscriber)->end().connect({"tcp", "127.0.0.1:0"}));
  CHECK_FALSE(bench.open(Role::subscriber)->end().connect({"tcp", "*:5555"}));
}

TEST_CASE("an address of another machine cannot be bound") {
  Bench bench(registered("tcp"));
  CHECK(refused(bench, {"tcp", "192.0.2.1:0"}).code == Errc::not_found);
}

TEST_CASE("a refused bind leaves nothing, and the end can be bound elsewhere") {
  Bench bench(registered("ipc"));
  auto port = bench.open(Role::publisher);
  REQUIRE_FALSE(port->end().bind({"ipc", "/nowhere/at/all"}));
  const auto at = bench.endpoint();
  REQUIRE(port->end().bind(at));
  auto subscriber = bench.connected(Role::subscriber, at);
  bench.until([&] { return port->links() == 1; }, {port.get(), subscriber.get()});
}

TEST_CASE("an end that binds again still learns of what had arrived") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at, reliable());
  auto publisher = bench.connected(Role::publisher, at, reliable());
  const auto call = bench.endpoint();
  auto inbox = bench.bound(Role::inbox, call, reliable());
  auto sender = bench.connected(Role::sender, call, reliable());
  bench.until([&] { return publisher->links() == 1 && sender->links() == 1; },
              {subscriber.get(), publisher.get(), inbox.get(), sender.get()});
  for (const auto& [from, to] : {std::pair(publisher.get(), subscriber.get()), {sender.get(), inbox.get()}}) {
    to->drain();
    REQUIRE(from->send());
    REQUIRE(readable(to->end().fd()));
    REQUIRE(to->end().bind(bench.endpoint()));
    CHECK(readable(to->end().fd()));
  }
}

}  // namespace weft::zmq_test
