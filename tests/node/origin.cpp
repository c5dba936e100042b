// Who a node says it is: what it may say, and that both sides of a link are told.
#include "finding.hpp"

namespace weft::test {

namespace {

Node named(std::string name) {
  return Node::create({.name = std::move(name), .context = make_context(true)}).value();
}

void check(const PeerEvent& event, std::string_view node) {
  CHECK(event.node == node);
  CHECK(event.pid == ::getpid());
  CHECK_FALSE(event.program.empty());
}

}  // namespace

TEST_CASE("what discovery would not take is refused where it is given, in words") {
  const auto refused = [](const auto& made, std::string_view why) {
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::invalid_argument);
    CHECK_THAT(made.error().message, Catch::Contains(std::string(why)));
  };
  const auto context = make_context(true);
  CHECK(Node::create({.name = std::string(256, 'n'), .context = context}));
  refused(Node::create({.name = std::string(257, 'n'), .context = context}),
          "257 bytes, at most 256 are allowed");
  refused(Node::create({.name_space = "Left", .context = context}), "use lower-case letters");
  refused(Node::create({.name_space = std::string(201, 'n'), .context = context}), "201 bytes");
  const auto node = Node::create({.name_space = std::string(195, 'n'), .context = context}).value();
  refused(node.publisher(notes), "206 bytes with the namespace");
  refused(node.client(echo), "205 bytes with the namespace");
  ContextOptions options;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");
  options.program = std::string(257, 'p');
  refused(Context::create(options), "program name");
  options.program = "p";
  options.transports.push_back(options.transports.front());
  refused(Context::create(options), "given twice");
  options.transports.assign(9, options.transports.front());
  refused(Context::create(options), "9 transports, at most 8");
}

TEST_CASE("those whom others join are told by whom as well: publishers and servers, found or bound by hand") {
  const Daemon daemon;
  auto publisher = discovering_node().publisher(notes).value();
  auto server = discovering_node().serve(echo, [](const Question& q) { return q; }).value();
  {
    const auto subscriber = named("reader").subscriber(notes).value();
    auto client = named("caller").client(echo).value();
    check(event_of(publisher, PeerEvent::What::matched), "reader");
    check(
        event_of(server, PeerEvent::What::matched, [&] { return server.try_serve() || client.next_event(); }),
        "caller");
  }
  check(event_of(publisher, PeerEvent::What::unmatched), "reader");
  check(event_of(server, PeerEvent::What::unmatched, [&] { return server.try_serve(); }), "caller");
  auto by_hand = named("guest").subscriber(notes).value();
  by_hand.connect(publisher.bind(bindable("ipc")).value()).value();
  check(event_of(publisher, PeerEvent::What::matched), "guest");
}

}  // namespace weft::test
