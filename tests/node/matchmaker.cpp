// The agent's side of a port: what it remembers of what discovery says, and for how long.
#include "node/matchmaker.hpp"

#include "kit.hpp"

namespace weft::test {

namespace {

using discovery::Obstacle;

constexpr discovery::PortKey stranger{7, 1};

/// A guest's.
struct Bench {
  Bench() {
    transport::EndOptions options;
    options.role = transport::Role::subscriber;
    options.name = "test/notes";
    ends = node::Ends::create(make_context(), std::move(options), [](BytesView) {
             return node::Verdict{};
           }).value();
    matchmaker.emplace(*ends, ends->events());
  }
  void refuse() {
    matchmaker->refused({.key = stranger}, Obstacle::type, "x: read as string, written as f32");
  }

  std::unique_ptr<node::Ends> ends;
  std::optional<node::Matchmaker> matchmaker;
};

}  // namespace

TEST_CASE("what was refused counts until it has gone") {
  Bench bench;
  bench.refuse();
  REQUIRE(bench.matchmaker->refusal());
  CHECK(bench.matchmaker->refusal()->code == Errc::incompatible);
  CHECK(bench.ends->events().take()->what == PeerEvent::What::incompatible);
  bench.matchmaker->leave(stranger, discovery::Departure::left);
  CHECK_FALSE(bench.matchmaker->refusal());
}

TEST_CASE("a port that the directory has no room for is told so by its waits; no peer is meant by it") {
  Bench bench;
  bench.matchmaker->refused({}, Obstacle::room, "the directory, 256 MiB, is full");
  REQUIRE(bench.matchmaker->refusal());
  CHECK(bench.matchmaker->refusal()->code == Errc::resource_exhausted);
  CHECK(bench.matchmaker->refusal()->message.find("256 MiB") != std::string::npos);
  CHECK_FALSE(bench.ends->events().take());
  CHECK(bench.ends->wait(patience).value());  // its port is woken
}

TEST_CASE("what was refused before a port is announced anew does not count any more") {
  Bench bench;
  bench.refuse();
  bench.matchmaker->begin_anew(GENERATE(false, true));
  CHECK_FALSE(bench.matchmaker->refusal());
}

TEST_CASE("to a port that is connected by hand no refusal counts, until it is found again") {
  Bench bench;
  bench.matchmaker->begin_anew(true);
  bench.refuse();
  CHECK_FALSE(bench.matchmaker->refusal());
  CHECK_FALSE(bench.ends->events().take());
  bench.matchmaker->begin_anew(false);
  bench.refuse();
  CHECK(bench.matchmaker->refusal());
}

TEST_CASE(
    "an owner that a guest cannot attach to is told of, with the transport's reason, until it has gone") {
  Bench bench;
  CHECK(bench.matchmaker->join({.key = stranger}, {"nowhere", "x"}).error().code == Errc::invalid_argument);
  REQUIRE(bench.matchmaker->refusal());
  CHECK(bench.matchmaker->refusal()->code == Errc::invalid_argument);
  const auto event = bench.ends->events().take();
  REQUIRE(event);
  CHECK(event->what == PeerEvent::What::unreachable);
  CHECK(event->peer == PortId{stranger.context, stranger.port});
  CHECK(event->reason.find("nowhere") != std::string::npos);
  CHECK(bench.ends->wait(patience).value());  // its port is woken
  bench.matchmaker->leave(stranger, discovery::Departure::left);
  CHECK_FALSE(bench.matchmaker->refusal());
}

}  // namespace weft::test
