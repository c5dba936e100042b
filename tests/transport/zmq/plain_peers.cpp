// Plain sockets of any language are legal peers.
#include <thread>

#include <unistd.h>

#include "raw.hpp"

namespace weft::zmq_test {

TEST_CASE(
    "a plain SUB gets every frame behind the topic's name, and is a link of nobody's while it listens") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at);
  {
    Raw sub(::zmq::socket_type::sub);
    sub->set(::zmq::sockopt::subscribe, topic);
    sub->connect(uri(bench.runtime_directory(), at));
    bench.until([&] { return publisher->links() == 1; }, {publisher.get()});
    CHECK(publisher->last(What::matched).peer == PortId{});
    CHECK(publisher->last(What::matched).announcement.empty());
    REQUIRE(publisher->send(100));
    const auto received = sub.receive();
    const auto prefix = data_prefix(topic);
    REQUIRE(is_prefix_of(prefix, received));
    const auto view = wire::parse_frame(BytesView(received).subspan(prefix.size()));
    REQUIRE(view);
    CHECK(view->header.sequence == 1);
    CHECK(is_intact(*view));
  }
  bench.until([&] { return publisher->links() == 0; }, {publisher.get()});
  CHECK(publisher->last(What::unmatched).peer == PortId{});
}

TEST_CASE("a weft subscriber is one link, and a plain one beside it another") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto publisher = bench.bound(Role::publisher, at);
  auto subscriber = bench.connected(Role::subscriber, at);
  bench.until([&] { return publisher->links() == 1 && subscriber->links() == 1; },
              {publisher.get(), subscriber.get()});
  CHECK(publisher->count(What::matched, PortId{}) == 0);
  Raw one(::zmq::socket_type::sub);
  Raw other(::zmq::socket_type::sub);
  for (auto* sub : {&one, &other}) {
    (*sub)->set(::zmq::sockopt::subscribe, topic);
    (*sub)->connect(uri(bench.runtime_directory(), at));
  }
  bench.until([&] { return publisher->links() == 2; }, {publisher.get()});
  REQUIRE(publisher->send());
  one.receive();
  CHECK(publisher->count(What::matched, PortId{}) == 1);
}

TEST_CASE("whoever subscribes to FE and a topic's name is sent its schema, each time") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  EndOptions options;
  options.schema = "the schema";
  auto publisher = bench.bound(Role::publisher, at, options);
  std::vector<std::unique_ptr<Raw>> askers;
  for (const std::string& question :
       {"\xFE" + std::string(topic), "\xFE" + std::string(topic), std::string("\xFE")}) {
    auto& asker = askers.emplace_back(std::make_unique<Raw>(::zmq::socket_type::sub));
    (*asker)->set(::zmq::sockopt::subscribe, question);
    (*asker)->connect(uri(bench.runtime_directory(), at));
    const auto answer = asker->receive();  // the publisher's program does nothing for it
    const auto prefix = schema_prefix(topic);
    REQUIRE(is_prefix_of(prefix, answer));
    const auto view = wire::parse_frame(BytesView(answer).subspan(prefix.size()));
    REQUIRE(view);
    CHECK(view->header.kind == Kind::schema);
    CHECK(as_text(view->payload) == "the schema");
  }
  CHECK(publisher->links() == 0);
}

TEST_CASE("a plain PUB is heard, as a link of nobody's that begins with its first frame") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at);
  {
    Raw pub(::zmq::socket_type::xpub);
    pub->connect(uri(bench.runtime_directory(), at));
    pub.receive(*subscriber);  // the subscriptions have arrived
    for (std::uint64_t i = 7; i < 10; ++i)
      pub.send(data_prefix(topic) + message({}, i));
    bench.until([&] { return subscriber->count(What::frame) == 3; }, {subscriber.get()});
    CHECK(subscriber->last(What::matched).peer == PortId{});
    CHECK(subscriber->last(What::matched).sequence == 6);
    CHECK(sequences(*subscriber, PortId{}) == series(7, 9));
  }
  bench.until([&] { return subscriber->links() == 0; }, {subscriber.get()});
}

TEST_CASE("plain PUBs are told apart, also when one of them has gone") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto subscriber = bench.bound(Role::subscriber, at);
  std::size_t heard = 0;
  const auto say = [&](Raw& pub, std::uint64_t sequence) {
    pub.send(data_prefix(topic) + message({}, sequence));
    ++heard;
    bench.until([&] { return subscriber->count(What::frame) == heard; }, {subscriber.get()});
  };
  std::vector<std::unique_ptr<Raw>> pubs;
  for (const std::uint64_t first : {5, 1000, 7}) {
    auto& pub = *pubs.emplace_back(std::make_unique<Raw>(::zmq::socket_type::xpub));
    pub->connect(uri(bench.runtime_directory(), at));
    pub.receive(*subscriber);
    say(pub, first);
  }
  pubs.pop_back();
  REQUIRE(readable(subscriber->end().fd()));
  subscriber->drain();
  say(*pubs[0], 6);
  say(*pubs[1], 1001);
}

TEST_CASE("a plain REQ is served, and is a link of nobody's while it is connected") {
  Bench bench(registered("tcp"));
  auto inbox = bench.open(Role::inbox);
  const auto at = inbox->end().bind({"tcp", "127.0.0.1:0"}).value();
  {
    Raw req(::zmq::socket_type::req);
    req->connect(at.uri());
    for (std::uint64_t call = 1; call <= 3; ++call) {
      req.send(message({}, call));
      std::optional<Frame> request;
      while (!(request = inbox->take()))
        REQUIRE(readable(inbox->end().fd()));
      REQUIRE(inbox->reply(request->path, call, 50));
      const auto reply = req.receive();
      const auto view = wire::parse_frame(reply);
      REQUIRE(view);
      CHECK(view->header.sequence == call);
      CHECK(is_intact(*view));
    }
    CHECK(inbox->count(What::matched, PortId{}) == 1);
  }
  bench.until([&] { return inbox->links() == 0; }, {inbox.get()});
}

TEST_CASE("a plain REP that answers an announcement with one is a server") {
  Bench bench(registered("ipc"));
  const auto at = bench.endpoint();
  auto sender = bench.open(Role::sender, reliable());
  Raw rep(::zmq::socket_type::rep);
  rep->bind(uri(bench.runtime_directory(), at));
  REQUIRE(sender->end().connect(at));
  std::thread server([&] {
    for (int i = 0; i < 2; ++i) {
      const auto asked = rep.receive();
      const auto header = wire::parse_frame(asked)->header;
      rep.send(frame(header.kind, {}, header.sequence));
    }
  });
  bench.until([&] { return sender->links() == 1; }, {sender.get()});
  CHECK(sender->last(What::matched).peer == PortId{});
  REQUIRE(sender->send());
  bench.until([&] { return sender->count(What::frame) == 1; }, {sender.get()});
  server.join();
  ::unlink(uri(bench.runtime_directory(), at).substr(6).c_str());
}

}  // namespace weft::zmq_test
