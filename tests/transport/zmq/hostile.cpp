// Peers that say what nobody should say: they are ignored, and harm nobody else.
#include <random>

#include <unistd.h>

#include "kit/busy.hpp"
#include "raw.hpp"
#include "transport/zmq/readers.hpp"
#include "transport/zmq/subscriber.hpp"

namespace weft::zmq_test {

namespace {

/// One publisher with one honest reader.
struct Pair {
  explicit Pair(Bench& where, EndOptions options = reliable(8))
      : bench(where),
        at(bench.endpoint()),
        publisher(bench.bound(Role::publisher, at, options)),
        reader(bench.connected(Role::subscriber, at, options)) {
    bench.until([&] { return publisher->links() == 1 && reader->links() == 1; },
                {publisher.get(), reader.get()});
  }
  void still_works() {
    const auto before = reader->count(What::frame);
    for (int i = 0; i < 20; ++i) {
      REQUIRE(publisher->send(10));
      bench.until([&] { return reader->count(What::frame) == before + 1 + std::size_t(i); }, {reader.get()});
    }
  }

  Bench& bench;
  Endpoint at;
  std::unique_ptr<Port> publisher;
  std::unique_ptr<Port> reader;
};

void send_parts(Raw& to, const std::vector<Bytes>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i)
    to.send(parts[i], i + 1 < parts.size());
}

/// A sender, and a bare socket in its inbox's place, to which it has introduced itself.
struct Impostor {
  explicit Impostor(Bench& where)
      : bench(where),
        at(uri(bench.runtime_directory(), bench.endpoint())),
        sender(bench.open(Role::sender, reliable())) {
    socket->bind(at);
    REQUIRE(sender->end().connect(Endpoint::parse(at).value()));
    CHECK(socket.receive(*sender).empty());
    asked = wire::parse_frame(socket.receive(*sender))->header.sequence;
  }
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;
  ~Impostor() { ::unlink(at.substr(6).c_str()); }
  /// Answers the introduction, behind an empty part or without.
  void answer(bool bare) {
    const auto answer = frame(Kind::announcement, {}, asked);
    send_parts(socket, bare ? std::vector<Bytes>{answer} : std::vector<Bytes>{{}, answer});
    bench.until([&] { return sender->links() == 1; }, {sender.get()});
  }

  Bench& bench;
  std::string at;
  std::unique_ptr<Port> sender;
  Raw socket{::zmq::socket_type::dealer};  // one peer: no need to say whom to
  std::uint64_t asked = 0;
};

}  // namespace

TEST_CASE("a flood of tokens is bounded, and forgotten with its connection") {
  Bench bench(registered("ipc"));
  Pair pair(bench);
  {
    Raw flood(::zmq::socket_type::xsub);
    flood->set(::zmq::sockopt::sndhwm, 0);
    flood->connect(uri(bench.runtime_directory(), pair.at));
    const auto many = std::uint32_t(Readers::most) + 1000;
    for (std::uint32_t i = 1; i <= many; ++i) {
      const Token token{{666, i}, {8, true}};
      flood.send(Bytes{subscribe} + marked(token_mark, token));
      flood.send(introduction(token));
    }
    bench.until([&] { return pair.publisher->links() == Readers::most; }, {pair.publisher.get()});
  }
  bench.until([&] { return pair.publisher->links() == 1; }, {pair.publisher.get()});
  auto late = bench.connected(Role::subscriber, pair.at);
  bench.until([&] { return pair.publisher->links() == 2; }, {pair.publisher.get(), late.get()});
  pair.still_works();
}

TEST_CASE("malformed words from below are ignored") {
  Bench bench(registered("ipc"));
  Pair pair(bench);
  Raw hostile(::zmq::socket_type::xsub);
  hostile->connect(uri(bench.runtime_directory(), pair.at));
  std::mt19937 random(1);  // NOLINT: the same bytes every time
  for (int i = 0; i < 3000; ++i) {
    Bytes bytes(std::size_t(random() % 60));
    for (auto& byte : bytes)
      byte = std::byte(random());
    if (!bytes.empty()) bytes[0] = std::byte(random() % 6);
    if (bytes.size() > 1 && random() % 2 == 0) bytes[1] = std::byte(0xFD + random() % 3);
    hostile.send(bytes, random() % 8 == 0);
  }
  hostile.send({});
  pair.still_works();
  CHECK(pair.publisher->count(What::matched) - pair.publisher->count(What::matched, PortId{}) == 1);
}

TEST_CASE("who claims to have taken more than there was gets no more credit for it") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at, reliable(8));
  const Token token{{666, 1}, {8, true}};
  Raw liar(::zmq::socket_type::xsub);
  liar->connect(uri(bench.runtime_directory(), at));
  liar.send(Bytes{subscribe} + data_subscription(topic));
  liar.send(Bytes{subscribe} + marked(token_mark, token));
  liar.send(introduction(token));
  liar.send(write_ack({token, publisher->id(), 1'000'000}));
  liar.send(write_ack({{{666, 2}, {8, true}}, publisher->id(), 1}));
  bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
  for (int i = 0; i < 8; ++i)
    REQUIRE(publisher->send(10, Deadline::passed()));
  CHECK(publisher->send(10, Deadline::passed()).error().code == Errc::timeout);
  liar.send(write_ack({token, {1, 2}, 8}));  // somebody else's
  CHECK(publisher->send(10, Deadline::passed()).error().code == Errc::timeout);
  liar.send(write_ack({token, publisher->id(), 1}));
  CHECK(publisher->send(10));
}

TEST_CASE("a subscriber ignores what is no frame for it") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at);
  Raw pub(::zmq::socket_type::xpub);
  pub->connect(uri(bench.runtime_directory(), at));
  const auto token = marked(token_mark, greeting(pub, *subscriber));
  const auto good = data_prefix(topic) + message({}, 5);
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size < topic.size()) continue;
    pub.send(BytesView(good).first(size));
  }
  pub.send(good, true);  // in parts
  pub.send(good, true);
  pub.send(good);
  pub.send(data_prefix(topic) + message({4, 4}, 1));  // from who did not introduce himself
  pub.send(token);                                    // an introduction cut short,
  pub.send(token + Bytes(48));                        // and one of zeros
  pub.send(good);
  bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
  CHECK(subscriber->count(What::matched) == 1);
  CHECK(subscriber->last(What::matched).peer == PortId{});
}

TEST_CASE("an inbox ignores what is no request, and a request that was meant for another inbox") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto inbox = bench.bound(Role::inbox, at);
  Raw dealer(::zmq::socket_type::dealer);
  dealer->connect(uri(bench.runtime_directory(), at));
  const auto good = message({}, 5);
  dealer.send(good);                              // no empty part
  dealer.send({});                                // nothing after it
  dealer.send({}, true), dealer.send({});         // no frame
  dealer.send({}, true), dealer.send(Bytes(47));  // cut short
  dealer.send({}, true), dealer.send(good, true), dealer.send(good);
  dealer.send(good, true), dealer.send(good);
  dealer.send({}, true), dealer.send(message({4, 4}, 1));  // from who did not introduce himself here
  dealer.send({}, true), dealer.send(good);
  bench.until([&] { return inbox->count(What::frame) == 1; }, {inbox.get()});
  CHECK(inbox->last(What::frame).sequence == 5);
}

TEST_CASE("after each request that is none, the next one is served") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto inbox = bench.bound(Role::inbox, at);
  Raw dealer(::zmq::socket_type::dealer);
  dealer->connect(uri(bench.runtime_directory(), at));
  const std::vector<std::vector<Bytes>> malformed{{Bytes(60)},        {{}},         {{}, {}},
                                                  {{}, Bytes(47)},    {{}, {}, {}}, {Bytes(60), Bytes(60)},
                                                  {{}, Bytes(60), {}}};
  for (std::size_t i = 0; i < malformed.size(); ++i) {
    send_parts(dealer, malformed[i]);
    send_parts(dealer, {{}, message({}, i + 1)});
  }
  bench.until([&] { return inbox->count(What::frame) == malformed.size(); }, {inbox.get()});
  CHECK(sequences(*inbox, {}) == series(1, malformed.size()));
}

TEST_CASE("after each reply that is none, the next one is heard") {
  Bench bench(registered("ipc"));
  Impostor inbox(bench);
  inbox.answer(false);
  const std::vector<std::vector<Bytes>> malformed{{Bytes(60)},        {{}},         {{}, {}},
                                                  {{}, Bytes(47)},    {{}, {}, {}}, {Bytes(60), Bytes(60)},
                                                  {{}, Bytes(60), {}}};
  for (std::size_t i = 0; i < malformed.size(); ++i) {
    send_parts(inbox.socket, malformed[i]);
    send_parts(inbox.socket, {{}, message({}, i + 1)});
  }
  auto& sender = *inbox.sender;
  bench.until([&] { return sender.count(What::frame) == malformed.size(); }, {&sender});
  CHECK(sequences(sender, {}) == series(1, malformed.size()));
}

TEST_CASE("frames go without an empty part once the inbox has answered without one, and only then") {
  Bench bench(registered("ipc"));
  Impostor inbox(bench);
  inbox.answer(true);
  auto& sender = *inbox.sender;
  REQUIRE(sender.send());
  CHECK(wire::parse_frame(inbox.socket.receive(sender))->header.sequence == 1);
  send_parts(inbox.socket, {{}, message({}, 1)});
  send_parts(inbox.socket, {message({}, 2)});
  bench.until([&] { return sender.count(What::frame) == 1; }, {&sender});
  CHECK(sequences(sender, {}) == series(2, 2));
}

TEST_CASE(
    "frames that may wait go in bundles to an inbox that answered without an empty part, and alone to "
    "another") {
  const auto bare = GENERATE(true, false);
  Bench bench(registered("ipc"));
  Impostor inbox(bench);
  inbox.answer(bare);
  auto& sender = *inbox.sender;
  const test::Busy busy(bench.agent());
  for (int i = 0; i < 3; ++i)
    REQUIRE(sender.send_soon());
  const auto first = inbox.socket.receive(sender);
  if (bare) {
    CHECK(wire::parse_frame(first)->header.kind == Kind::bundle);
  } else {
    CHECK(first.empty());
    CHECK(wire::parse_frame(inbox.socket.receive(sender))->header.sequence == 1);
  }
}

TEST_CASE(
    "of a bundle an inbox takes what its sender may say in one, and of a bundle that is no such thing "
    "nothing") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto inbox = bench.bound(Role::inbox, at);
  Raw dealer(::zmq::socket_type::dealer);
  dealer->connect(uri(bench.runtime_directory(), at));
  const PortId sender{9, 9};
  const auto two = bundle_of({message(sender, 100), message(sender, 101)});
  dealer.send({}, true), dealer.send(two);  // from who did not introduce himself
  dealer.send({}, true), dealer.send(frame(Kind::announcement, sender, 1));
  bench.until([&] { return inbox->links() == 1; }, {inbox.get()});
  for (const auto& bad : bad_bundles(sender)) {
    dealer.send(bad);
    dealer.send({}, true), dealer.send(bad);
  }
  dealer.send(bundle_of({message(sender, 1), message({8, 8}, 106), message(sender, 107)}));
  dealer.send(bundle_of({message(sender, 2), message(sender, 3)}));
  dealer.send(message(sender, 4));
  bench.until([&] { return inbox->count(What::frame) >= 4; }, {inbox.get()});
  CHECK(sequences(*inbox, sender) == series(1, 4));
  CHECK(inbox->count(What::frame) == 4);
  CHECK(inbox->links() == 1);
}

TEST_CASE("a flood of publishers is bounded, and the honest one is heard") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at, reliable());
  auto honest = bench.connected(Role::publisher, at, reliable());
  bench.until([&] { return honest->links() == 1 && subscriber->links() == 1; },
              {honest.get(), subscriber.get()});
  {
    Raw flood(::zmq::socket_type::xpub);
    flood->set(::zmq::sockopt::sndhwm, 0);
    flood->connect(uri(bench.runtime_directory(), at));
    const auto token = greeting(flood, *subscriber);
    const auto many = std::uint32_t(Subscriber::most) + 1000;
    for (std::uint32_t i = 1; i <= many; ++i)
      flood.send(private_message(token, {8, true}, frame(Kind::announcement, {666, i}, 0)));
    flood.send(data_prefix(topic) + message({666, 1}, 1));  // heard when all of them were
    bench.until([&] { return subscriber->count(What::frame) == 1; }, {subscriber.get()});
    CHECK(subscriber->links() == Subscriber::most);
    REQUIRE(honest->send());
    bench.until([&] { return subscriber->count(What::frame) == 2; }, {subscriber.get()});
  }
  bench.until([&] { return subscriber->links() == 1; }, {subscriber.get()});
}

TEST_CASE("an announcement of another version of the frame is no introduction") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at);
  const Token token{{99, 1}, {8, false}};
  Raw reader(::zmq::socket_type::xsub);
  reader->connect(uri(bench.runtime_directory(), at));
  reader.send(Bytes{subscribe} + marked(token_mark, token));
  auto other = introduction(token);
  other[1 + Token::size + offsetof(wire::Layout, version)] = std::byte(wire::version + 1);
  reader.send(other);
  reader.send(introduction({{99, 2}, {8, false}}));  // of somebody who is not here
  reader.send(introduction(token, "the right one"));
  bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
  CHECK(publisher->last(What::matched).announcement == "the right one");
}

TEST_CASE("a message beyond the longest frame ends its connection, and no other") {
  Bench bench(registered("ipc"));
  Pair pair(bench);
  Raw hostile(::zmq::socket_type::xsub);
  hostile->connect(uri(bench.runtime_directory(), pair.at));
  hostile.send(Bytes{announce_mark} + Bytes(max_announcement + 1000));
  pair.still_works();
}

}  // namespace weft::zmq_test
