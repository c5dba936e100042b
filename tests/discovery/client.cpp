#include "discovery/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <sys/wait.h>

#include "daemon_kit.hpp"

namespace weft::discovery::test {

using namespace std::chrono_literals;

namespace {

/// A publisher and a subscriber, neither announced yet, of two Contexts with one daemon.
struct Couple {
  Folder folder;
  Running server{folder.path()};
  World one{folder.path(), 1};
  World two{folder.path(), 2};
  Diary owner{{1, 1}};
  Diary guest{{2, 1}};
};

/// A daemon by hand, with one session.
class Daemon final {
 public:
  explicit Daemon(const Fd& listener) : session_(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)) {
    say(welcome("default", ""));
  }

  template <class Message>
  void say(const Message& message) const {
    const auto packet = encode_packet(message);
    REQUIRE(::send(session_.get(), packet.data(), packet.size(), 0) == ssize_t(packet.size()));
  }
  /// Waits for the next word of that type; others are passed over.
  template <class T>
  void hear() const {
    Bytes packet(max_packet_bytes);
    std::optional<ContextWord> word;
    while (!word || !std::holds_alternative<T>(*word)) {
      pollfd polled{session_.get(), POLLIN, 0};
      REQUIRE(::poll(&polled, 1, int(std::chrono::milliseconds(watchdog).count())) == 1);
      const auto bytes = ::recv(session_.get(), packet.data(), packet.size(), 0);
      REQUIRE(bytes > 0);
      word = reader_.read(BytesView(packet).first(std::size_t(bytes))).value();
    }
  }

 private:
  const Fd session_;
  const PacketReader<ContextWord> reader_ = PacketReader<ContextWord>::create({}).value();
};

}  // namespace

TEST_CASE_METHOD(Couple,
                 "ports of two Contexts meet: the owner is asked to host, then the guest is told where") {
  const auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(subscriber({2, 1}), guest);
  CHECK(owner.next() == "host far");
  CHECK(guest.next() == "join 1.1 far://1.1");
}

TEST_CASE("ports of one Context meet without a daemon, over what only they share, too") {
  const Folder folder;
  World one(folder.path(), 1);
  Diary owner({1, 1});
  Diary guest({1, 2});
  auto pub = publisher({1, 1});
  auto sub = subscriber({1, 2});
  pub.media = sub.media = {{"near", true}, {"far", false}};
  const auto a = one->announce(pub, owner);
  const auto b = one->announce(sub, guest);
  CHECK(owner.next() == "host near");
  CHECK(guest.next() == "join 1.1 near://1.1");
}

TEST_CASE("an owner with guests within and without its Context hosts each medium once") {
  const Folder folder;
  const Running server(folder.path());
  World one(folder.path(), 1);
  World two(folder.path(), 2);
  World three(folder.path(), 3);
  Diary owner({1, 1});
  Diary near({1, 2});
  Diary far({2, 1});
  Diary farther({3, 1});
  auto pub = publisher({1, 1});
  auto sub = subscriber({1, 2});
  pub.media = sub.media = {{"near", true}, {"far", false}};
  const auto a = one->announce(pub, owner);
  const auto b = one->announce(sub, near);
  CHECK(near.next() == "join 1.1 near://1.1");
  const auto c = two->announce(subscriber({2, 1}), far);
  CHECK(far.next() == "join 1.1 far://1.1");
  const auto d = three->announce(subscriber({3, 1}), farther);
  CHECK(farther.next() == "join 1.1 far://1.1");
  CHECK(owner.next() == "host near");
  CHECK(owner.next() == "host far");
  CHECK(owner.empty());
}

TEST_CASE_METHOD(Couple, "a port that is withdrawn is left by its peers") {
  auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(subscriber({2, 1}), guest);
  CHECK(guest.next() == "join 1.1 far://1.1");
  SECTION("by its Context's announcement") {
    a = {};
    CHECK(guest.next() == "leave 1.1 left");
  }
  SECTION("as one of a Context that ends without a word") {
    Raw dying(folder.socket(), hello(7, "dying", false));
    auto port = publisher({7, 1});
    port.endpoints = {"far://7.1"};
    dying.say(PortUp{port});
    CHECK(guest.next() == "join 7.1 far://7.1");
    { const Raw gone = std::move(dying); }
    CHECK(guest.next() == "leave 7.1 died");
  }
}

TEST_CASE("a port that is withdrawn just before it is asked to host is refused by nobody") {
  const Folder folder;
  World one(folder.path(), 1);
  Diary owner({1, 1});
  Diary guest({1, 2});
  auto a = one->announce(publisher({1, 1}), owner);
  Client::Announced b;
  std::promise<void> done;
  // On the agent's thread, which so hears of both only afterwards, in this order.
  const auto meanwhile = one.agent().after({}, [&] {
    b = one->announce(subscriber({1, 2}), guest);
    a = {};
    done.set_value();
  });
  REQUIRE(meanwhile);
  done.get_future().wait();
  a = one->announce(publisher({1, 1}), owner);
  CHECK(guest.next() == "join 1.1 far://1.1");
}

TEST_CASE_METHOD(Couple, "ports that do not fit are both told, and told when the other has gone") {
  auto sub = subscriber({2, 1});
  sub.reliable = true;
  auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(sub, guest);
  CHECK(owner.next() == "refused 2.1 reliability");
  CHECK(guest.next() == "refused 1.1 reliability");
  a = {};
  CHECK(guest.next() == "leave 1.1 left");
}

TEST_CASE_METHOD(Couple, "where hosting fails the next medium is tried") {
  auto pub = publisher({1, 1});
  auto sub = subscriber({2, 1});
  pub.media = sub.media = {{"far", false}, {"farther", false}};
  owner.refused_scheme = "far";
  const auto a = one->announce(pub, owner);
  const auto b = two->announce(sub, guest);
  CHECK(guest.next() == "join 1.1 farther://1.1");
}

TEST_CASE_METHOD(Couple, "what fails for a while is tried again until it is done") {
  auto& unable = GENERATE(true, false) ? owner : guest;
  unable.refused_scheme = "far";
  unable.failures = 2;
  const auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(subscriber({2, 1}), guest);
  std::vector<std::string> heard;
  while (std::ranges::count(heard, "join 1.1 far://1.1") < (&unable == &guest ? 3 : 1))
    heard.push_back(guest.next());
  CHECK((&unable == &guest || heard.front() == "refused 1.1 hosting"));
}

TEST_CASE("a Context that ends while a daemon is being started leaves no child") {
  const Folder folder;
  for (int i = 0; i < 50; ++i) {
    auto agent = Agent::start().value();
    LogSink log;
    auto client = Client::create(*agent, log, {folder.path(), "default", "false", "test", 1}).value();
    const auto node = client->add_node({.node = 1});
    client.reset();
  }
  siginfo_t info{};
  CHECK(::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("what was announced before there was a daemon is told when it comes") {
  const Folder folder;
  World one(folder.path(), 1);
  World two(folder.path(), 2);
  Diary owner({1, 1});
  Diary guest({2, 1});
  const auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(subscriber({2, 1}), guest);
  const Running server(folder.path());
  CHECK(guest.next() == "join 1.1 far://1.1");
}

TEST_CASE(
    "a daemon that comes back is no news to ports that have met; a match made meanwhile comes to life") {
  const Folder folder;
  World one(folder.path(), 1);
  World two(folder.path(), 2);
  Diary owner({1, 1});
  Diary guest({2, 1});
  Diary late({2, 2});
  std::optional<Running> server(std::in_place, folder.path());
  const auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(subscriber({2, 1}), guest);
  CHECK(owner.next() == "host far");
  CHECK(guest.next() == "join 1.1 far://1.1");
  for (int round = 0; round < 3; ++round) {
    server.reset();
    const auto c = two->announce(subscriber({2, 2}), late);
    server.emplace(folder.path());
    CHECK(late.next() == "join 1.1 far://1.1");
  }
  auto watcher = watching(folder.path());
  until(watcher, [](const Graph& graph) { return graph.ports.size() == 2 && graph.pairs.size() == 1; });
  CHECK(owner.empty());
  CHECK(guest.empty());
}

TEST_CASE("a peer that does not come back to a daemon that did is left after a while, and no other") {
  const Folder folder;
  World one(folder.path(), 1);
  World two(folder.path(), 2, 300ms);
  Diary owner({1, 1});
  Diary guest({2, 1});
  const auto a = one->announce(publisher({1, 1}), owner);
  const auto b = two->announce(subscriber({2, 1}), guest);
  std::optional<Running> server(std::in_place, folder.path());
  CHECK(guest.next() == "join 1.1 far://1.1");
  {
    Raw other(folder.socket(), hello(7, "other", false));
    auto port = publisher({7, 1});
    port.endpoints = {"far://7.1"};
    other.say(PortUp{port});
    CHECK(guest.next() == "join 7.1 far://7.1");
    server.reset();
  }
  server.emplace(folder.path());
  auto line = guest.next();
  // Where this machine is so slow that 1 is not back in time either, it is joined again.
  while (line == "leave 1.1 died" || line == "join 1.1 far://1.1")
    line = guest.next();
  CHECK(line == "leave 7.1 died");
}

TEST_CASE("a daemon that refuses is told of once, and done without") {
  const Folder folder;
  const auto listener = listening_at(folder.socket());
  World one(folder.path(), 1);
  Diary owner({1, 1});
  Diary guest({1, 2});
  const auto a = one->announce(publisher({1, 1}), owner);
  for (int i = 0; i < 2; ++i) {
    const Fd session(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    Welcome refusal = welcome("default", "");
    refusal.major = 99;
    const auto packet = encode_packet(refusal);
    REQUIRE(::send(session.get(), packet.data(), packet.size(), 0) == ssize_t(packet.size()));
  }
  const auto b = one->announce(subscriber({1, 2}), guest);
  CHECK(guest.next() == "join 1.1 far://1.1");
  REQUIRE(one.complaints().size() == 1);
  const auto complaint = one.complaints()[0];
  CHECK(complaint.starts_with("discovery: the daemon of domain default refuses this program: "));
  CHECK(complaint.find("99") != std::string::npos);
  CHECK(complaint.ends_with("; ports find each other within this program only"));
}

// It was kept for a port that was no more, and when that was announced again the same word was no news: never told.
TEST_CASE("a port that is announced again hears what crossed its withdrawal, when the daemon repeats it") {
  const Folder folder;
  const auto listener = listening_at(folder.socket());
  World one(folder.path(), 1);
  Diary guest({1, 1});
  auto announced = one->announce(subscriber({1, 1}), guest);
  const Daemon daemon(listener);
  const Join join{1, {.key = {2, 1}}, "far://2.1"};
  daemon.hear<PortUp>();
  announced = {};
  daemon.hear<PortDown>();
  daemon.say(join);
  daemon.say(Synced{});
  daemon.hear<Synced>();  // so it has taken the two
  announced = one->announce(subscriber({1, 1}), guest);
  daemon.hear<PortUp>();
  daemon.say(join);
  CHECK(guest.next() == "join 2.1 far://2.1");
}

TEST_CASE("a daemon that hangs blocks nobody") {
  const Folder folder;
  const auto listener = listening_at(folder.socket());
  World one(folder.path(), 1);
  std::deque<Diary> diaries;
  std::vector<Client::Announced> announced;
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    auto port = publisher({1, i}, "t" + std::to_string(i));
    port.schema = std::string(1000, ' ');
    announced.push_back(one->announce(port, diaries.emplace_back(PortKey{1, i})));
  }
  Diary guest({1, 2000});
  const auto last = one->announce(subscriber({1, 2000}, "t1000"), guest);
  CHECK(guest.next() == "join 1.1000 far://1.1000");
  announced.clear();
  CHECK(guest.next() == "leave 1.1000 left");
}

TEST_CASE("a port that was dropped is not called any more") {
  const Folder folder;
  const Running server(folder.path());
  World one(folder.path(), 1);
  World two(folder.path(), 2);
  Diary owner({1, 1});
  const auto a = one->announce(publisher({1, 1}), owner);
  for (std::uint32_t i = 1; i <= 300; ++i) {
    auto guest = std::make_unique<Diary>(PortKey{2, i});
    auto b = two->announce(subscriber({2, i}), *guest);
    if (i % 3 == 0) guest->next();
    b = {};
    guest.reset();  // a call from now on is a use after free
  }
  auto watcher = watching(folder.path());
  until(watcher, [](const Graph& graph) { return graph.ports.size() == 1; });
}

TEST_CASE("a Context that ends has left, not died") {
  const Folder folder;
  const Running server(folder.path());
  Raw tool(folder.socket(), hello(0, "tool", true));
  {
    World one(folder.path(), 1);
    Diary owner({1, 1});
    const auto node = one->add_node({1, "camera", ""});
    const auto a = one->announce(publisher({1, 1}), owner);
    CHECK(tool.next<PortSeen>().port.key == PortKey{1, 1});
  }
  CHECK(tool.next<SessionGone>().why == Departure::left);
}

// What waited for room was dropped at the end, and so the program was taken for dead.
TEST_CASE("a Context of thousands of ports has said of each that it goes when it has gone") {
  constexpr std::uint32_t count = 5000;
  const Folder folder;
  const auto listener = listening_at(folder.socket());
  std::optional<World> one(std::in_place, folder.path(), 1);
  std::deque<Diary> diaries;
  std::vector<Client::Announced> announced;
  for (std::uint32_t i = 1; i <= count; ++i)
    announced.push_back((*one)->announce(publisher({1, i}), diaries.emplace_back(PortKey{1, i})));
  const Fd daemon(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  auto packets = std::async([&] {
    std::array<char, 4096> packet{};
    std::size_t heard = 0;
    while (::recv(daemon.get(), packet.data(), packet.size(), 0) > 0)
      ++heard;
    return heard;
  });
  announced.clear();
  one.reset();
  constexpr std::size_t greeting = 2;  // Hello, Synced
  CHECK(packets.get() == greeting + 2 * count);
}

TEST_CASE("a thousand ports are announced and found") {
  constexpr std::uint32_t count = 1000;
  const Folder folder;
  const Running server(folder.path());
  World one(folder.path(), 1);
  World two(folder.path(), 2);
  std::deque<Diary> diaries;
  std::vector<Client::Announced> announced;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const auto name = "t" + std::to_string(i);
    announced.push_back(one->announce(publisher({1, i}, name), diaries.emplace_back(PortKey{1, i})));
    announced.push_back(two->announce(subscriber({2, i}, name), diaries.emplace_back(PortKey{2, i})));
  }
  for (std::uint32_t i = 1; i <= count; ++i)
    REQUIRE(diaries[2 * i - 1].next() == "join 1." + std::to_string(i) + " far://1." + std::to_string(i));
  auto watcher = watching(folder.path());
  REQUIRE(watcher.sync(Deadline(watchdog)));
  CHECK(watcher.graph().ports.size() == 2 * count);
  CHECK(watcher.graph().pairs.size() == count);
}

TEST_CASE("a domain out of form and context 0 are refused") {
  const Folder folder;
  const auto agent = std::move(Agent::start()).value();
  LogSink log;
  CHECK(Client::create(*agent, log, {folder.path(), "No Domain", "", "test", 1}).error().code ==
        Errc::invalid_argument);
  CHECK(Client::create(*agent, log, {folder.path(), "default", "", "test", 0}).error().code ==
        Errc::invalid_argument);
}

}  // namespace weft::discovery::test
