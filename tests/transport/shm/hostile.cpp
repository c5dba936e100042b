// Peers that are not what they say: who maps all that a reader may, and writes whatever it can; and what readers keep.
#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unix_address.hpp"
#include "conformance/kit.hpp"
#include "transport/os_names.hpp"
#include "transport/shm/greeting.hpp"
#include "transport/shm/region.hpp"
#include "transport/shm/wake.hpp"

namespace weft::shm_test {

namespace {

using namespace weft::conformance;
using namespace weft::transport::shm;

Registered shm() {
  const auto all = transports();
  return *std::ranges::find(all, "shm", &Registered::scheme);
}

/// A guest by hand, that says hello as a subscriber.
class Guest final {
 public:
  Guest(Bench& bench, const Endpoint& at) : connection_(connect(bench, at)), at_(at) {}

  void say_hello(Greeting hello = {}) {
    hello.kind = Greeting::Kind::hello;
    hello.context = 99;
    hello.port = 1;
    hello.role = std::uint32_t(Role::subscriber);
    hello.depth = 16;
    hello.reliable = 1;
    hello.address_bytes = std::uint32_t(at_.address.size());
    connection_.send(hello, at_.address, {wake_.out().get()});
  }
  /// What is said to it; nothing if it is shown the door.
  std::optional<Packet> listen() {
    for (const Deadline watchdog = std::chrono::seconds(60); !watchdog.has_passed(now());
         std::this_thread::yield()) {
      auto packet = connection_.receive();
      if (!packet) return std::nullopt;
      if (*packet) return *std::move(packet);
    }
    return std::nullopt;
  }
  /// What it is shown in answer to its hello.
  Packet be_welcomed() {
    say_hello();
    auto welcome = listen();
    REQUIRE(welcome);
    REQUIRE(welcome->greeting.kind == Greeting::Kind::welcome);
    REQUIRE(welcome->fds.size() == 3);
    return *std::move(welcome);
  }

 private:
  static Connection connect(Bench& bench, const Endpoint& at) {
    const auto path = shared_socket_path(at.address, bench.runtime_directory()).value();
    Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto address = unix_address(path).value();
    REQUIRE(::connect(socket.get(), generic(address), sizeof address) == 0);
    return Connection(std::move(socket));
  }

  Connection connection_;
  const Endpoint at_;
  const Wake wake_ = Wake::create().value();
};

bool can_be_mapped_for_writing(int fd) {
  auto* at = ::mmap(nullptr, head_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) ::munmap(at, head_bytes);
  return at != MAP_FAILED;
}

}  // namespace

TEST_CASE("a reader can neither write its writer's data, nor make it shorter, however it comes by it") {
  Bench bench(shm());
  const auto at = bench.endpoint();
  const auto publisher = bench.bound(Role::publisher, at, reliable(16));
  Guest guest(bench, at);
  const auto welcome = guest.be_welcomed();
  const int data = welcome.fds[2].get();
  CHECK_FALSE(can_be_mapped_for_writing(data));
  const Fd again(::open(fmt::format("/proc/self/fd/{}", data).c_str(), O_RDWR | O_CLOEXEC));
  if (again) CHECK_FALSE(can_be_mapped_for_writing(again.get()));
  CHECK(::ftruncate(data, 0) != 0);
  CHECK(::write(data, "x", 1) != 1);
  CHECK(can_be_mapped_for_writing(welcome.fds[1].get()));  // its own page
}

TEST_CASE("a reader that writes garbage over all that it can write harms nobody else") {
  Bench bench(shm());
  const auto at = bench.endpoint();
  auto options = reliable(16);
  options.stall = std::chrono::milliseconds(20);
  auto publisher = bench.bound(Role::publisher, at, options);
  auto honest = bench.connected(Role::subscriber, at, reliable(16));
  bench.until([&] { return publisher->links() == 1; }, {publisher.get(), honest.get()});
  std::mt19937_64 random(4);  // NOLINT: the same garbage every time
  std::uint64_t sent = 0;
  for (int life = 0; life < 20; ++life) {
    Guest guest(bench, at);
    const auto welcome = guest.be_welcomed();
    const auto page = map_region(welcome.fds[1], page_bytes, Access::both_write).value();
    for (int i = 0; i < 200; ++i) {
      for (std::size_t word = 0; word < page_bytes; word += sizeof(Shared64))
        reinterpret_cast<Shared64*>(page.data() + word)
            ->store(random() % 3 == 0 ? random() % 5000 : random());
      REQUIRE(publisher->send(i % 3 == 0 ? 5000 : 100));
      ++sent;
      honest->drain();
    }
  }
  bench.until([&] { return honest->count(What::frame) == sent; }, {honest.get()});
  CHECK(sequences(*honest, publisher->id()) == series(1, sent));
  CHECK(honest->links() == 1);
}

TEST_CASE(
    "who is of another version, or says nothing that is a greeting, is shown the door, and others are not "
    "held up") {
  Bench bench(shm());
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at, reliable());
  Guest other(bench, at);
  other.say_hello({.version = version + 1});
  CHECK_FALSE(other.listen());
  Guest stranger(bench, at);
  stranger.say_hello({.magic = 7});
  CHECK_FALSE(stranger.listen());
  auto honest = bench.connected(Role::subscriber, at, reliable());
  bench.until([&] { return publisher->links() == 1; }, {publisher.get(), honest.get()});
}

TEST_CASE("frames that are kept do not change, however many, and hold nobody up") {
  for (const auto& options : {reliable(8), best_effort(8)}) {
    for (const std::size_t bytes : {100, 3000, 100'000}) {
      Bench bench(shm());
      const auto at = bench.endpoint();
      auto publisher = bench.bound(Role::publisher, at, options);
      auto subscriber = bench.connected(Role::subscriber, at, options);
      bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
      std::vector<Frame> kept;
      for (int i = 0; i < 600; ++i) {
        REQUIRE(publisher->send(bytes));
        auto frame = subscriber->take();
        for (; !frame; frame = subscriber->take())
          REQUIRE(readable(subscriber->end().fd()));
        if (i % 10 == 0) kept.push_back(*std::move(frame));
      }
      REQUIRE(kept.size() > most_held);
      for (const auto& frame : kept)
        CHECK(is_intact(wire::parse_frame(frame.bytes).value()));
      subscriber.reset();
      REQUIRE(publisher->send(bytes));
      publisher.reset();
      for (const auto& frame : kept)
        CHECK(is_intact(wire::parse_frame(frame.bytes).value()));
    }
  }
}

TEST_CASE("an owner that answers anything at all is left, and come to again") {
  Bench bench(shm());
  const auto at = bench.endpoint();
  const auto path = shared_socket_path(at.address, bench.runtime_directory()).value();
  const auto address = unix_address(path).value();
  auto subscriber = bench.open(Role::subscriber, reliable());
  {
    const Fd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(listener.get(), generic(address), sizeof address) == 0);
    REQUIRE(::listen(listener.get(), 4) == 0);
    subscriber->end().connect(at).value();
    const Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const std::vector<int> three(3, nothing.get());
    for (const auto kind : {Greeting::Kind::welcome, Greeting::Kind::region, Greeting::Kind::refused}) {
      for (const bool descriptors : {false, true}) {
        Connection guest(Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)));
        guest.send({.kind = kind, .address_bytes = UINT32_MAX}, "x",
                   descriptors ? three : std::vector<int>());
      }
    }
    ::unlink(path.c_str());
  }
  auto publisher = bench.bound(Role::publisher, at, reliable());
  bench.until([&] { return publisher->links() == 1 && subscriber->count(What::matched) != 0; },
              {publisher.get(), subscriber.get()});
  CHECK(subscriber->count(What::matched) == 1);
}

TEST_CASE("where the budget is used up a long frame is refused with what to do, and short ones go on") {
  Bench bench(shm(), 1 << 20);
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at, reliable());
  auto subscriber = bench.connected(Role::subscriber, at, reliable());
  bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
  const auto refused = publisher->send(2 << 20);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::resource_exhausted);
  CHECK(refused.error().message.find("shared_memory") != std::string::npos);
  REQUIRE(publisher->send(100));
  bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
}

}  // namespace weft::shm_test
