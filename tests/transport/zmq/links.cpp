// Links over ZeroMQ: how they begin, end and lose, with peers that vanish.
#include <filesystem>
#include <set>

#include <sys/eventfd.h>
#include <unistd.h>

#include "raw.hpp"

namespace weft::zmq_test {

namespace {

/// A reader that says all that a weft subscriber says, and reads nothing.
class FrozenReader final {
 public:
  FrozenReader(const std::string& to, const Token& token) : socket_(::zmq::socket_type::xsub) {
    socket_->connect(to);
    socket_.send(Bytes{subscribe} + data_subscription(topic));
    socket_.send(Bytes{subscribe} + marked(token_mark, token));
    socket_.send(introduction(token, "frozen"));
  }
  Raw& socket() noexcept { return socket_; }

 private:
  Raw socket_;
};

Bytes ack_of(const Token& token, PortId publisher, std::uint64_t sequence, std::byte mark = ack_mark) {
  const auto bytes = write_ack({token, publisher, sequence}, mark);
  return {bytes.begin(), bytes.end()};
}

/// Waits for a condition that the port's observer brings about, without an operation of the port.
void until_told(const Port& port, const std::function<bool()>& condition) {
  while (!condition()) {
    REQUIRE(readable(port.told()));
    eventfd_t count = 0;
    ::eventfd_read(port.told(), &count);
  }
}

std::ptrdiff_t descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

}  // namespace

TEST_CASE("libzmq passes a subscriber's token on after its subscriptions, at every connection") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.connected(Role::subscriber, at);
  for (int life = 0; life < 2; ++life) {
    Raw xpub(::zmq::socket_type::xpub);
    xpub->bind(uri(bench.runtime_directory(), at));
    CHECK(greeting(xpub, *subscriber).subscriber == subscriber->id());
  }
  ::unlink(uri(bench.runtime_directory(), at).substr(6).c_str());
}

TEST_CASE("each end has a number of its own, so that what was meant for one does not reach the port's next") {
  Bench bench(registered("ipc"));
  std::set<std::uint32_t> numbers;
  for (int life = 0; life < 3; ++life) {
    const auto at = bench.endpoint();
    Raw xpub(::zmq::socket_type::xpub);
    xpub->bind(uri(bench.runtime_directory(), at));
    auto subscriber = bench.connected(Role::subscriber, at);
    numbers.insert(greeting(xpub, *subscriber).end);
    ::unlink(uri(bench.runtime_directory(), at).substr(6).c_str());
  }
  CHECK(numbers.size() == 3);
}

TEST_CASE("a port's next end takes the place of the one before, and does not end with it") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  const auto to = uri(bench.runtime_directory(), at);
  auto publisher = bench.bound(Role::publisher, at, best_effort(100));
  const auto until_links_from = [&](PortId peer) {
    bench.until([&] { return publisher->links() != 0 && publisher->last(What::matched).peer == peer; },
                {publisher.get()});
  };
  auto before = std::make_optional<FrozenReader>(to, Token{{99, 1}, {100, false}, 1});
  until_links_from({99, 1});
  const FrozenReader other(to, {{98, 1}, {100, false}, 1});
  until_links_from({98, 1});
  const FrozenReader next(to, {{99, 1}, {100, false}, 2});
  until_links_from({99, 1});
  CHECK(publisher->links() == 2);
  CHECK(publisher->last(What::unmatched).peer == PortId{99, 1});
  before.reset();
  const FrozenReader last(to, {{97, 1}, {100, false}, 1});
  until_links_from({97, 1});
  CHECK(publisher->links() == 3);
}

TEST_CASE("a sender that came anew before its old connection had ended does not end with that") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto inbox = bench.bound(Role::inbox, at);
  const auto introduced = [&](std::uint64_t context, std::size_t times) {
    auto dealer = std::make_unique<Raw>(::zmq::socket_type::dealer);
    (*dealer)->connect(uri(bench.runtime_directory(), at));
    dealer->send(frame(Kind::announcement, {context, 1}, 0));
    bench.until([&] { return inbox->count(What::matched, {context, 1}) == times; }, {inbox.get()});
    return dealer;
  };
  auto before = introduced(99, 1);
  auto next = introduced(99, 2);
  before.reset();
  const auto other = introduced(98, 1);
  next->send(message({99, 1}, 7));
  bench.until([&] { return inbox->count(What::frame) == 1; }, {inbox.get()});
  CHECK(inbox->count(What::unmatched) == 0);
  next.reset();
  bench.until([&] { return inbox->count(What::unmatched) != 0; }, {inbox.get()});
  CHECK(inbox->last(What::unmatched).peer == PortId{99, 1});
  inbox->drain();
  CHECK(inbox->count(What::unmatched) == 1);
}

TEST_CASE("a reader that dies with a full queue is noticed, though the publisher's program does nothing") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  const Token token{{99, 1}, {100, false}};
  auto publisher = bench.bound(Role::publisher, at, best_effort(100));
  {
    FrozenReader reader(uri(bench.runtime_directory(), at), token);
    bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
    CHECK(publisher->last(What::matched).peer == token.subscriber);
    CHECK(publisher->last(What::matched).announcement == "frozen");
    for (int i = 0; i < 20'000; ++i)
      REQUIRE(publisher->send(100, Deadline::passed()));
  }
  until_told(*publisher, [&] { return publisher->links() == 0; });
  CHECK(publisher->last(What::unmatched).cause == DropCause::peer_died);
}

TEST_CASE("an end that closes has left, and has not died") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at);
  auto goes = bench.connected(Role::subscriber, at);
  auto stays = bench.connected(Role::subscriber, at);
  bench.until([&] { return publisher->links() == 2 && goes->links() == 1 && stays->links() == 1; },
              {publisher.get(), goes.get(), stays.get()});
  goes.reset();
  bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
  CHECK(publisher->last(What::unmatched).cause == DropCause::peer_left);
  publisher.reset();
  bench.until([&] { return stays->links() == 0; }, {stays.get()});
  CHECK(stays->last(What::unmatched).cause == DropCause::peer_left);
}

TEST_CASE(
    "after a pause the reader knows of every frame that was sent, though the publisher's program does "
    "nothing") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at, best_effort(100));
  auto subscriber = bench.connected(Role::subscriber, at, best_effort(100));
  bench.until([&] { return publisher->links() == 1 && subscriber->links() == 1; },
              {publisher.get(), subscriber.get()});
  for (int i = 0; i < 50'000; ++i)
    REQUIRE(publisher->send(100, Deadline::passed()));
  bench.until([&] { return tally(*subscriber, publisher->id()).last == 50'000; }, {subscriber.get()});
  const auto all = tally(*subscriber, publisher->id());
  CHECK(all.missing > 0);
  CHECK(all.delivered + all.missing == 50'000);
}

TEST_CASE("a reader is known to have taken all, though it takes less than a quarter of its window") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at, reliable());
  auto subscriber = bench.connected(Role::subscriber, at, reliable());
  bench.until([&] { return publisher->links() == 1; }, {publisher.get(), subscriber.get()});
  for (int i = 0; i < 3; ++i)
    REQUIRE(publisher->send());
  bench.until([&] { return publisher->count(What::consumed) != 0; }, {publisher.get(), subscriber.get()});
  CHECK(publisher->last(What::consumed).sequence == 3);
}

TEST_CASE("a reader confirms each quarter of the shallower end's depth, also of best effort") {
  Bench bench(registered("ipc"));
  for (const bool reliable : {true, false}) {
    const auto at = bench.endpoint();
    EndOptions options;
    options.depth = 100'000;
    options.reliable = reliable;
    auto subscriber = bench.bound(Role::subscriber, at, options);
    Raw pub(::zmq::socket_type::xpub);
    pub->connect(uri(bench.runtime_directory(), at));
    const auto token = greeting(pub, *subscriber);
    const PortId id{99, 1};
    pub.send(private_message(token, {8, true}, frame(Kind::announcement, id, 0)));
    CHECK(pub.receive(*subscriber) == ack_of(token, id, 0));
    for (std::uint64_t i = 1; i <= 4; ++i)
      pub.send(data_prefix(topic) + message(id, i));
    CHECK(pub.receive(*subscriber) == ack_of(token, id, 2));
    CHECK(pub.receive(*subscriber) == ack_of(token, id, 4));
  }
}

TEST_CASE("a reader that hears frames of a publisher it does not know asks who that is") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at);
  Raw pub(::zmq::socket_type::xpub);
  pub->connect(uri(bench.runtime_directory(), at));
  const auto token = greeting(pub, *subscriber);
  pub.send(data_prefix(topic) + message({99, 1}, 7));
  CHECK(pub.receive(*subscriber) == ack_of(token, {99, 1}, 7, stranger_mark));
  CHECK(subscriber->count(What::frame) == 0);
}

TEST_CASE("a publisher introduces itself again to a reader that has not heard it") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  const Token token{{99, 1}, {100, false}};
  auto publisher = bench.bound(Role::publisher, at, best_effort(100));
  FrozenReader reader(uri(bench.runtime_directory(), at), token);
  const auto first = reader.socket().receive(*publisher);
  CHECK(is_prefix_of(private_prefix(token, {100, false}), first));
  reader.socket().send(ack_of(token, publisher->id(), 0, stranger_mark));
  const auto again = reader.socket().receive(*publisher);
  const auto sequence = 1 + Token::size + Terms::size + offsetof(wire::Layout, sequence);
  CHECK(std::ranges::equal(BytesView(first).subspan(sequence, 8), BytesView(again).subspan(sequence, 8)));
  CHECK(publisher->count(What::matched) == 1);
}

// When the subscriber reads the second introduction, libzmq has told it of the connection's end already.
TEST_CASE("a publisher that repeats its introduction and closes was one link, and has left") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at, reliable());
  const auto before = descriptors();
  {
    Raw pub(::zmq::socket_type::xpub);
    pub->set(::zmq::sockopt::linger, 60'000);
    pub->connect(uri(bench.runtime_directory(), at));
    const auto token = greeting(pub, *subscriber);
    const PortId id{99, 1};
    const auto introduction = private_message(token, {1000, true}, frame(Kind::announcement, id, 0));
    pub.send(introduction);
    pub.send(data_prefix(topic) + message(id, 1));
    pub.send(introduction);
    pub.send(private_message(token, {1000, true}, frame(Kind::tail, id, 1, "goodbye")));
  }
  const Deadline deadline = std::chrono::seconds(60);
  while (descriptors() > before && !deadline.has_passed(now()))
    std::this_thread::yield();
  bench.until([&] { return subscriber->count(What::unmatched) > 0; }, {subscriber.get()});
  CHECK(subscriber->count(What::matched) == 1);
  CHECK(subscriber->count(What::unmatched) == 1);
  CHECK(subscriber->count(What::frame) == 1);
  CHECK(subscriber->last(What::unmatched).cause == DropCause::peer_left);
}

TEST_CASE("a publisher that connects to a bound subscriber is told when it dies and when it comes back") {
  Bench bench(registered("tcp"));
  auto publisher = bench.open(Role::publisher, reliable());
  auto first = bench.open(Role::subscriber, reliable());
  const auto at = first->end().bind({"tcp", "127.0.0.1:0"}).value();
  REQUIRE(publisher->end().connect(at));
  bench.until([&] { return publisher->links() == 1; }, {publisher.get(), first.get()});
  first.reset();
  bench.until([&] { return publisher->links() == 0; }, {publisher.get()});
  auto second = bench.bound(Role::subscriber, at, reliable());
  bench.until([&] { return publisher->links() == 1 && second->links() == 1; },
              {publisher.get(), second.get()});
  REQUIRE(publisher->send());
  bench.until([&] { return second->count(What::frame) == 1; }, {second.get()});
}

}  // namespace weft::zmq_test
