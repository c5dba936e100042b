// Bundles on topics: which messages wait for others, for how long, and who is sent them.
#include "kit/busy.hpp"
#include "raw.hpp"
#include "transport/zmq/readers.hpp"

namespace weft::zmq_test {

namespace {

constexpr std::size_t payload = 100;  // so that a bundle has room for 107 frames
constexpr std::uint64_t many = 1000 / 4 + Readers::many;

/// What a reader has got: how many messages alone, how many in bundles, and their sequences.
struct Got {
  std::vector<std::uint64_t> alone;
  std::vector<std::uint64_t> bundled;
  [[nodiscard]] std::size_t all() const { return alone.size() + bundled.size(); }
};

/// A reader that says all that a weft subscriber says, and confirms only what it is told to.
class Reader final {
 public:
  Reader(Bench& bench, Port& publisher, const Endpoint& at, const Terms& terms)
      : token_{{99, 1}, terms}, publisher_(publisher) {
    socket_->set(::zmq::sockopt::rcvhwm, 0);
    socket_->connect(uri(bench.runtime_directory(), at));
    socket_.send(Bytes{subscribe} + data_subscription(topic));
    socket_.send(Bytes{subscribe} + bundle_prefix(topic));
    socket_.send(Bytes{subscribe} + marked(token_mark, token_));
    socket_.send(introduction(token_));
    bench.until([&] { return publisher.count(What::matched, token_.subscriber) == 1; }, {&publisher});
  }

  /// Reads until it has got so many messages.
  const Got& get(std::size_t messages) {
    while (got_.all() < messages)
      take(socket_.receive());
    return got_;
  }
  void confirm(std::uint64_t sequence) {
    const auto ack = write_ack({token_, publisher_.id(), sequence});
    socket_.send(ack);
  }

 private:
  void take(const Bytes& message) {
    const auto single = data_prefix(topic);
    const auto several = bundle_prefix(topic);
    if (is_prefix_of(single, message)) {
      const auto peek = wire::peek(BytesView(message).subspan(single.size()));
      if (peek.kind == Kind::message) got_.alone.push_back(peek.sequence);
    } else if (is_prefix_of(several, message)) {
      auto rest = BytesView(message).subspan(several.size() + wire::header_bytes);
      while (const auto frame = wire::take_frame(rest))
        got_.bundled.push_back(wire::peek(*frame).sequence);
      CHECK(rest.empty());
    }
  }

  const Token token_;
  Port& publisher_;
  Raw socket_{::zmq::socket_type::xsub};
  Got got_;
};

/// Sends messages by stamps of its own: a publisher looks at its socket, before which goes what waits, when time has passed.
class Sending final {
 public:
  explicit Sending(Port& publisher) : publisher_(publisher) {}

  void some(std::size_t messages) {
    for (std::size_t i = 0; i < messages; ++i)
      one();
  }
  void one(Duration later = Duration::zero()) {
    Loan loan;
    REQUIRE(publisher_.end().loan(loan, wire::header_bytes + payload, nullptr, std::chrono::seconds(30)));
    wire::write_header({.source = publisher_.id(), .sequence = ++sequence_, .stamp = stamp_ + later},
                       loan.bytes);
    publisher_.end().send(loan);
  }

 private:
  Port& publisher_;
  std::uint64_t sequence_ = 0;
  const Time stamp_ = wall_now();
};

/// A publisher with these options and its reader.
struct Pair {
  explicit Pair(const EndOptions& options)
      : publisher(bench.bound(Role::publisher, at, options)),
        reader(bench, *publisher, at, {options.depth, options.reliable}),
        sending(*publisher) {}

  Bench bench{registered("ipc")};
  const Endpoint at = bench.endpoint();
  std::unique_ptr<Port> publisher;
  Reader reader;
  Sending sending;
};

}  // namespace

TEST_CASE("messages travel in bundles once each reader has many before them, and go by themselves") {
  Pair pair(reliable());
  auto& [bench, at, publisher, reader, sending] = pair;
  {
    const test::Busy nobody_else_sends(bench.agent());  // who might catch one that is alone yet
    sending.some(900);
  }
  const auto& got = reader.get(900);
  CHECK(got.alone == series(1, many - 1));
  CHECK(got.bundled == series(many, 900));
  reader.confirm(900);
  bench.until([&] { return publisher->count(What::consumed) == 1; }, {publisher.get()});
  sending.some(1);
  CHECK(reader.get(901).alone.back() == 901);
}

TEST_CASE("what waits goes before whatever its publisher says or looks for") {
  Pair pair(reliable());
  auto& [bench, at, publisher, reader, sending] = pair;
  const test::Busy nobody_else_sends(bench.agent());
  sending.some(many + 10);
  publisher->drain();
  CHECK(reader.get(many + 10).bundled == series(many, many + 10));
  sending.some(10);
  publisher->close();
  CHECK(reader.get(many + 20).bundled == series(many, many + 20));
}

TEST_CASE("nobody is sent bundles while somebody listens who is not weft") {
  Pair pair(reliable());
  auto& [bench, at, publisher, reader, sending] = pair;
  {
    Raw plain(::zmq::socket_type::sub);
    plain->set(::zmq::sockopt::rcvhwm, 0);
    plain->set(::zmq::sockopt::subscribe, topic);
    plain->connect(uri(bench.runtime_directory(), at));
    bench.until([&] { return publisher->links() == 2; }, {publisher.get()});
    sending.some(800);
    CHECK(reader.get(800).bundled.empty());
    const auto prefix = data_prefix(topic);
    for (std::uint64_t i = 1; i <= 800; ++i)
      REQUIRE(wire::peek(BytesView(plain.receive()).subspan(prefix.size())).sequence == i);
  }
  bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
  const test::Busy nobody_else_sends(bench.agent());
  sending.some(100);
  publisher->drain();
  CHECK(reader.get(900).bundled == series(801, 900));
}

TEST_CASE("a best-effort reader that lags by more than its depth has no bundles queued for it") {
  Pair pair(best_effort());
  auto& [bench, at, publisher, reader, sending] = pair;
  for (std::size_t sent = 100; sent <= 1500; sent += 100) {
    {
      const test::Busy nobody_else_sends(bench.agent());
      sending.some(100);
    }
    reader.get(sent);
  }
  const auto& got = reader.get(1500);
  CHECK(got.bundled == series(many, 1000));
  CHECK(got.alone.size() == 1500 - got.bundled.size());
  CHECK(got.alone.back() == 1500);
}

TEST_CASE(
    "for a millisecond after there was no room messages wait for others if their reader has any before "
    "them") {
  Pair pair(reliable(16));
  auto& [bench, at, publisher, reader, sending] = pair;
  const test::Busy nobody_else_sends(bench.agent());
  sending.some(16);
  Loan no_room;
  CHECK_FALSE(publisher->end().loan(no_room, wire::header_bytes, nullptr, Deadline::passed()));
  reader.confirm(8);  // so it has some before it
  bench.until([&] { return publisher->count(What::consumed) == 1; }, {publisher.get()});
  using std::chrono::microseconds;
  // The first is long enough after the others that the publisher looks now, and not in between.
  sending.one(microseconds(5000));
  sending.one(microseconds(5900));
  sending.one(microseconds(6000));
  const auto& got = reader.get(19);
  CHECK(got.bundled == series(17, 18));
  CHECK(got.alone.back() == 19);
}

TEST_CASE("of a bundle a subscriber takes what a publisher may say in one, and of what is none nothing") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at);
  Raw pub(::zmq::socket_type::xpub);
  pub->connect(uri(bench.runtime_directory(), at));
  const auto token = greeting(pub, *subscriber);
  const PortId id{99, 1};
  pub.send(private_message(token, {1000, false}, frame(Kind::announcement, id, 0)));
  const auto send = [&](BytesView bundle) { pub.send(bundle_prefix(topic) + bundle); };
  for (const auto& bad : bad_bundles(id))
    send(bad);
  send(message(id, 105));  // no bundle
  send(bundle_of({message(id, 1), message(id, 2), message(id, 3)}));
  pub.send(data_prefix(topic) + message(id, 4));
  bench.until([&] { return subscriber->count(What::frame) >= 4; }, {subscriber.get()});
  CHECK(sequences(*subscriber, id) == series(1, 4));
  CHECK(subscriber->count(What::frame) == 4);
  CHECK(subscriber->count(What::tail) == 0);
  CHECK(subscriber->links() == 1);
}

TEST_CASE("messages of a bundle may be kept, and outlive their port") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at, reliable());
  auto subscriber = bench.connected(Role::subscriber, at, reliable());
  bench.until([&] { return publisher->links() == 1 && subscriber->links() == 1; },
              {publisher.get(), subscriber.get()});
  for (int i = 0; i < 1000; ++i)
    REQUIRE(publisher->send(payload));
  std::vector<Frame> kept;
  while (subscriber->count(What::frame) < 1000) {
    auto frame = subscriber->take();
    if (frame && kept.size() < 990) kept.push_back(std::move(*frame));
    if (!frame) REQUIRE(readable(subscriber->end().fd()));
  }
  CHECK(sequences(*subscriber, publisher->id()) == series(1, 1000));
  subscriber.reset();
  std::uint64_t sequence = 0;
  for (const auto& frame : kept) {
    const auto view = wire::parse_frame(frame.bytes).value();
    CHECK(view.header.sequence == ++sequence);
    CHECK(is_intact(view));
  }
}

}  // namespace weft::zmq_test
