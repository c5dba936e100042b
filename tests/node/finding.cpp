// Ports that find each other, with a daemon and without.
#include "finding.hpp"

#include <fmt/format.h>

namespace weft::test {

namespace {

std::shared_ptr<Context> context_of(std::string domain) {
  ContextOptions options;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");
  options.domain = std::move(domain);
  return Context::create(std::move(options)).value();
}

struct Other {
  std::string text;
  WEFT_MESSAGE("test/Other", text)
};

constexpr Topic<Other> misfits{"test/notes"};

}  // namespace

TEST_CASE("ports of two contexts find each other through the daemon") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(notes).value();
  auto subscriber = discovering_node().subscriber(notes).value();
  exchange_one(publisher, subscriber, 1);
}

TEST_CASE("ports of one context find each other without any daemon, and exchange the very object") {
  auto node = discovering_node();
  auto publisher = node.publisher(notes).value();
  auto subscriber = node.subscriber(notes).value();
  publisher.wait_matched(1, patience).value();
  auto loan = publisher.loan().value();
  loan->text = "by pointer";
  const auto* sent = &*loan;
  publisher.send(std::move(loan)).value();
  CHECK(&*subscriber.receive(patience).value() == sent);
}

TEST_CASE("clients and servers find each other, in one context and in two") {
  const bool one_context = GENERATE(true, false);
  std::unique_ptr<Daemon> daemon;
  if (!one_context) daemon = std::make_unique<Daemon>();
  auto node = discovering_node();
  auto server = node.serve(echo, [](const Question& q) { return q; }).value();
  std::jthread serving([&](std::stop_token stop) { server.run(stop).value(); });
  auto client = (one_context ? node : discovering_node()).client(echo).value();
  client.wait_matched(1, patience).value();
  CHECK(client.call({7}, patience).wait().value()->number == 7);
}

TEST_CASE("a publisher that does nothing is found, and its first message arrives") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(notes).value();
  auto subscriber = discovering_node().subscriber(notes).value();
  subscriber.wait_matched(1, patience).value();
  publisher.send({5, "first"}).value();
  CHECK(subscriber.receive(patience).value()->number == 5);
}

TEST_CASE("a publisher with a link gets another over another medium without missing a message") {
  const Daemon daemon;
  auto node = discovering_node();
  auto publisher = node.publisher(reliable_notes).value();
  auto near = node.subscriber(reliable_notes).value();
  publisher.wait_matched(1, patience).value();
  std::atomic<bool> stop{false};
  std::jthread reading([&] {
    while (near.receive(100ms) || !stop) {
    }
  });
  std::jthread sending([&] {
    for (std::uint64_t i = 0; !stop; ++i)
      publisher.send({i, "x"}).value();
  });
  for (int guest = 0; guest < 10; ++guest) {
    auto far = discovering_node().subscriber(reliable_notes).value();
    std::optional<std::uint64_t> last;
    for (int i = 0; i < 100; ++i) {
      const auto number = far.receive(patience).value()->number;
      if (last) REQUIRE(number == *last + 1);
      last = number;
    }
    CHECK(far.counters().total.dropped_total() == 0);
  }
  stop = true;
}

TEST_CASE("a daemon that ends and comes back: links lose nothing, new ones come to life") {
  auto daemon = std::make_unique<Daemon>();
  auto publisher = discovering_node().publisher(reliable_notes).value();
  auto subscriber = discovering_node().subscriber(reliable_notes).value();
  exchange_one(publisher, subscriber, 0);
  daemon.reset();
  auto late = discovering_node().subscriber(reliable_notes).value();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    publisher.send({i, "meanwhile"}).value();
    REQUIRE(subscriber.receive(patience).value()->number == i);
  }
  CHECK(publisher.matched() == 1);
  daemon = std::make_unique<Daemon>();
  publisher.wait_matched(2, patience).value();
  publisher.send({101, "to both"}).value();
  CHECK(subscriber.receive(patience).value()->number == 101);
  CHECK(late.receive(patience).value()->number == 101);
  CHECK(subscriber.counters().links.size() == 1);
}

TEST_CASE("ports of different domains never meet, and of different namespaces neither") {
  const Daemon daemon;
  const Daemon other("other");
  auto publisher = make_node(context_of("other")).publisher(notes).value();
  auto subscriber = make_node(context_of("other")).subscriber(notes).value();
  auto stranger = discovering_node().subscriber(notes).value();
  auto spaced = Node::create({.name_space = "left/arm", .context = context_of("other")})
                    .value()
                    .subscriber(notes)
                    .value();
  exchange_one(publisher, subscriber, 1);
  CHECK(publisher.matched() == 1);
  CHECK(stranger.matched() == 0);
  CHECK(spaced.matched() == 0);
  constexpr Topic<Note> full{"left/arm/test/notes"};
  auto matching = make_node(context_of("other")).publisher(full).value();
  exchange_one(matching, spaced, 2);
}

TEST_CASE("a namespace out of form is refused") {
  CHECK(Node::create({.name_space = "/left", .context = make_context(true)}).error().code ==
        Errc::invalid_argument);
}

TEST_CASE("a peer that does not fit is told of at both sides, by its field, with who it is") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(notes).value();
  auto misfit =
      Node::create({.name = "odd", .context = make_context(true)}).value().subscriber(misfits).value();
  const auto told = event_of(publisher, PeerEvent::What::incompatible);
  CHECK(told.node == "odd");
  CHECK(told.pid == ::getpid());
  CHECK(told.reason.find("test/Other") != std::string::npos);
  CHECK(event_of(misfit, PeerEvent::What::incompatible).node == "test");
  const auto vain = misfit.wait_matched(1, Deadline::passed()).error();
  CHECK(vain.code == Errc::incompatible);
  CHECK(vain.message.find("test/Other") != std::string::npos);
  CHECK(vain.message.find("0 of 1 publishers matched in time") != std::string::npos);
  CHECK(publisher.wait_matched(1, Deadline::passed()).error().code == Errc::incompatible);
  const auto silence = misfit.receive(Deadline::passed()).error();
  CHECK(silence.code == Errc::timeout);
  CHECK(silence.message.find("test/Other") != std::string::npos);
}

TEST_CASE("a stranger of the name that does not fit ends no wait for one that does") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(notes).value();
  auto misfit = discovering_node().subscriber(misfits).value();
  event_of(publisher, PeerEvent::What::incompatible);
  std::optional<Subscriber<Note>> subscriber;
  std::jthread coming([&] { subscriber = discovering_node().subscriber(notes).value(); });
  CHECK(publisher.wait_matched(1, patience));
}

TEST_CASE("a server of the name that does not fit ends no call, and is its error when no other has come") {
  const Daemon daemon;
  constexpr Service<Other, Other> odd{"test/echo"};
  auto misfit = discovering_node().serve(odd, [](const Other& q) { return q; }).value();
  auto client = discovering_node().client(echo).value();
  event_of(client, PeerEvent::What::incompatible);
  const auto vain = client.call({1}, Deadline::passed()).wait().error();
  CHECK(vain.code == Errc::incompatible);
  CHECK(vain.message.find("test/Other") != std::string::npos);
  std::optional<Server<Question, Question>> server;
  std::jthread serving([&](std::stop_token stop) {
    server = discovering_node().serve(echo, [](const Question& q) { return q; }).value();
    server->run(stop).value();
  });
  CHECK(client.call({7}, patience).wait().value()->number == 7);
}

TEST_CASE("a stranger of the name is nothing to a subscriber that is connected by hand") {
  const Daemon daemon;
  auto stranger = discovering_node().publisher(misfits).value();
  auto subscriber = discovering_node().subscriber(notes).value();
  event_of(subscriber, PeerEvent::What::incompatible);
  subscriber.connect(bindable("ipc", "-later")).value();
  CHECK(subscriber.wait_matched(1, Deadline::passed()).error().code == Errc::timeout);
}

TEST_CASE("a subscriber that cannot be bound by hand keeps its links, and what waits to be read") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(reliable_notes).value();
  auto subscriber = discovering_node().subscriber(reliable_notes).value();
  publisher.wait_matched(1, patience).value();
  publisher.send({1, "before"}).value();
  REQUIRE_FALSE(subscriber.bind("ipc:///no/such/directory/x"));
  publisher.send({2, "after"}).value();
  CHECK(subscriber.receive(patience).value()->number == 1);
  CHECK(subscriber.receive(patience).value()->number == 2);
  CHECK(publisher.counters().links.size() == 1);
}

TEST_CASE("a subscriber that is bound by hand parts from those it had found, and keeps to who comes there") {
  const Daemon daemon;
  auto found = discovering_node().publisher(reliable_notes).value();
  auto subscriber = discovering_node().subscriber(reliable_notes).value();
  exchange_one(found, subscriber, 1);
  const auto at = subscriber.bind(bindable("ipc")).value();
  CHECK(event_of(found, PeerEvent::What::unmatched).cause == DropCause::peer_left);
  auto guest = make_node().publisher(reliable_notes).value();
  guest.connect(at).value();
  subscriber.wait_matched(1, patience).value();
  exchange_one(guest, subscriber, 2);
  CHECK(subscriber.matched() == 1);
  CHECK(found.matched() == 0);
}

// Its publisher may have a link left that is just ending: only the subscriber knows when it has the next.
TEST_CASE(
    "a subscriber that cannot be connected by hand is found again, and parts from all when the next works") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(reliable_notes).value();
  const auto at = publisher.bind(bindable("ipc")).value();
  auto subscriber = discovering_node().subscriber(reliable_notes).value();
  exchange_one(publisher, subscriber, 1);
  REQUIRE_FALSE(subscriber.connect("tcp://127.0.0.1:0"));
  for (std::uint64_t round = 1; round <= 2; ++round) {
    subscriber.wait_matched(1, patience).value();
    for (std::uint64_t i = 1; i <= 100; ++i) {
      publisher.send({round * i, "once"}).value();
      REQUIRE(subscriber.receive(patience).value()->number == round * i);
    }
    CHECK(publisher.matched() == 1);
    if (round == 1) subscriber.connect(at).value();
  }
  CHECK(subscriber.matched() == 1);
}

TEST_CASE("a wait in vain says what to do: ask why, or, without discovery, look at the endpoint") {
  auto node = discovering_node();
  auto subscriber = node.subscriber(notes).value();
  CHECK(subscriber.wait_matched(1, Deadline::passed()).error().message ==
        "test/notes: 0 of 1 publishers matched in time; `weft why test/notes` says why");
  CHECK(subscriber.receive(Deadline::passed()).error().message ==
        "test/notes: no message in time; `weft why test/notes` says why");
  auto publisher = node.publisher(vectors).value();
  CHECK(publisher.wait_matched(1, Deadline::passed()).error().message ==
        "test/vectors: 0 of 1 subscribers matched in time; `weft why test/vectors` says why");
  auto client = node.client(echo).value();
  CHECK(client.call({1}, Deadline::passed()).wait().error().message ==
        "test/echo: no server answers, or each has as many calls of this client as Qos::depth allows; `weft "
        "why test/echo` says why");
  auto apart = make_node().publisher(notes).value();
  CHECK(apart.wait_matched(1, Deadline::passed()).error().message ==
        "test/notes: 0 of 1 subscribers matched in time; is a peer running at each endpoint, and not busy?");
}

TEST_CASE("a misfit that has gone is not held against those who come") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(notes).value();
  {
    auto misfit = discovering_node().subscriber(misfits).value();
    event_of(publisher, PeerEvent::What::incompatible);
  }
  auto subscriber = discovering_node().subscriber(notes).value();
  CHECK(publisher.wait_matched(1, patience));
}

TEST_CASE("the program is told of each match and each end, and by whom") {
  const Daemon daemon;
  auto subscriber = discovering_node().subscriber(notes).value();
  {
    auto publisher =
        Node::create({.name = "talker", .context = make_context(true)}).value().publisher(notes).value();
    const auto matched = event_of(subscriber, PeerEvent::What::matched);
    CHECK_FALSE(matched.cause);
    CHECK(matched.node == "talker");
    CHECK(matched.pid == ::getpid());
    CHECK_FALSE(matched.program.empty());
  }
  const auto unmatched = event_of(subscriber, PeerEvent::What::unmatched);
  CHECK(unmatched.node == "talker");
  CHECK(unmatched.cause == DropCause::peer_left);
}

TEST_CASE(
    "a subscriber that is connected by hand keeps to that: one link to a publisher that could be found, "
    "too") {
  const Daemon daemon;
  const bool found_first = GENERATE(false, true);
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(found_first, scheme);
  auto here = discovering_node();
  auto there = scheme == "ipc" || scheme == "tcp" ? discovering_node() : here;
  auto publisher = here.publisher(reliable_notes).value();
  const auto at = publisher.bind(bindable(scheme)).value();
  auto subscriber = there.subscriber(reliable_notes).value();
  if (found_first) exchange_one(publisher, subscriber, 1);
  subscriber.connect(at).value();
  subscriber.wait_matched(1, patience).value();
  auto control = discovering_node().subscriber(reliable_notes).value();
  control.wait_matched(1, patience)
      .value();  // of the publisher's two links one may be that which has just been given up
  publisher.wait_matched(2, patience).value();
  for (std::uint64_t i = 0; i < 100; ++i) {
    publisher.send({i, "once"}).value();
    REQUIRE(subscriber.receive(patience).value()->number == i);
    REQUIRE(control.receive(patience).value()->number == i);
  }
  CHECK(publisher.matched() == 2);
  CHECK(subscriber.matched() == 1);
}

TEST_CASE("a client that is connected by hand keeps to that") {
  const Daemon daemon;
  auto server = discovering_node().serve(echo, [](const Question& q) { return q; }).value();
  const auto at = server.bind(bindable("ipc")).value();
  std::jthread serving([&](std::stop_token stop) { server.run(stop).value(); });
  auto client = discovering_node().client(echo).value();
  client.wait_matched(1, patience).value();
  client.connect(at).value();
  client.wait_matched(1, patience).value();
  for (std::uint64_t i = 0; i < 10; ++i)
    REQUIRE(client.call({i}, patience).wait().value()->number == i);
  CHECK(client.matched() == 1);
}

TEST_CASE("a server that is bound by hand while clients have found it keeps them") {
  const Daemon daemon;
  auto server = discovering_node().serve(echo, [](const Question& q) { return q; }).value();
  auto client = discovering_node().client(echo).value();
  {
    std::jthread serving([&](std::stop_token stop) { server.run(stop).value(); });
    client.wait_matched(1, patience).value();
  }
  server.bind(bindable("ipc")).value();
  std::jthread serving([&](std::stop_token stop) { server.run(stop).value(); });
  auto other = discovering_node().client(echo).value();
  other.wait_matched(1, patience).value();
  for (std::uint64_t i = 0; i < 100; ++i)
    REQUIRE(client.call({i}, patience).wait().value()->number == i);
  CHECK(client.matched() == 1);
}

TEST_CASE("servers come and go, and a client keeps an end for each that is there") {
  const Daemon daemon;
  auto client = discovering_node().client(echo).value();
  for (std::uint64_t life = 0; life < 20; ++life) {
    auto server = discovering_node().serve(echo, [](const Question& q) { return q; }).value();
    std::jthread serving([&](std::stop_token stop) { server.run(stop).value(); });
    client.wait_matched(1, patience).value();
    const Deadline watchdog = patience;
    while (!client.call({life}, patience).wait())
      REQUIRE_FALSE(watchdog.has_passed(now()));
  }
}

TEST_CASE("a publisher with more endpoints by hand than the directory shows is found all the same") {
  auto node = discovering_node();
  auto publisher = node.publisher(notes).value();
  for (int i = 0; i < 70; ++i)
    REQUIRE(publisher.bind(fmt::format("inproc://many-{}", i)));
  auto subscriber = node.subscriber(notes).value();
  CHECK(publisher.wait_matched(1, patience));
}

TEST_CASE("with discovery off nobody is found, and endpoints by hand go on working") {
  ContextOptions options;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");
  options.discovery = false;
  auto node = make_node(Context::create(std::move(options)).value());
  auto publisher = node.publisher(notes).value();
  auto subscriber = node.subscriber(notes).value();
  subscriber.connect(publisher.bind("inproc://by-hand").value()).value();
  exchange_one(publisher, subscriber, 1);
  CHECK(publisher.matched() == 1);
}

TEST_CASE("what the environment asks for") {
  const auto from = [](std::vector<std::string> lines) {
    std::vector<char*> environment;
    for (auto& line : lines)
      environment.push_back(line.data());
    environment.push_back(nullptr);
    return options_from(environment.data());
  };
  CHECK(from({"WEFT_DOMAIN=lab", "WEFT_RUNTIME_DIR=/x"}).domain == "lab");
  CHECK(from({"WEFT_DOMAIN="}).domain == "default");
  CHECK(from({}).discovery);
  CHECK_FALSE(from({"WEFT_DISCOVERY=off"}).discovery);
  CHECK(from({"WEFT_DISCOVERY=on", "WEFT_DISCOVERYX=off"}).discovery);
}

}  // namespace weft::test
