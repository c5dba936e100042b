#include "node/links.hpp"

#include <catch2/catch.hpp>

namespace weft::node {

namespace {

constexpr PortId peer{1, 1};
constexpr PortId other{1, 2};

/// What every peer gets that announces itself by these bytes.
Verdict verdict_on(BytesView announcement) {
  Verdict verdict;
  const auto text = as_text(announcement);
  if (text == "misfit") verdict.refusal = Error{Errc::incompatible, "x: read as string, written as f32"};
  if (text == "typed") verdict.schema = std::make_shared<const Schema>(Schema::parse("test/Empty{}").value());
  return verdict;
}

/// The links of a receiver, or of a publisher.
struct Bench {
  explicit Bench(bool publisher = false) : links(verdict_on, events, publisher ? &course : nullptr) {}
  bool match(PortId id, std::string_view announcement = "peer", std::uint64_t last = 0) {
    return links.matched(id, as_bytes(announcement), last);
  }
  [[nodiscard]] Counters counters() const {
    Counters all;
    links.collect(all);
    return all;
  }
  [[nodiscard]] LinkCounters total() const { return counters().total; }
  [[nodiscard]] std::uint64_t missed() const { return total().dropped[std::size_t(DropCause::full)]; }
  /// Frames with these sequences arrive from `peer`.
  void arrive(std::initializer_list<std::uint64_t> sequences) {
    for (const auto number : sequences)
      links.find(peer)->arrived(number);
  }

  run::Waker waker = run::Waker::create().value();
  PeerEvents events{waker};
  Course course;
  Links links;
};

}  // namespace

TEST_CASE("frames count from where the link began, and gaps among them as dropped") {
  Bench bench;
  bench.match(peer, "peer", 5);
  bench.arrive({6, 7});
  CHECK(bench.total().sent == 2);
  CHECK(bench.missed() == 0);
  bench.arrive({10});
  CHECK(bench.total().sent == 5);
  CHECK(bench.missed() == 2);
}

TEST_CASE("what was lost before the first frame counts from where the link began") {
  Bench bench;
  bench.match(peer, "peer", 5);
  bench.arrive({8});
  CHECK(bench.total().sent == 3);
  CHECK(bench.missed() == 2);
}

TEST_CASE("a first frame that was on its way while the link began counts by itself") {
  Bench bench;
  bench.match(peer, "peer", 5);
  bench.arrive({4, 5, 6});
  CHECK(bench.total().sent == 3);
  CHECK(bench.missed() == 0);
}

TEST_CASE("a frame that comes again, or from a peer that does not number, is one frame and no gap") {
  Bench bench;
  bench.match(peer);
  bench.arrive({1, 2, 1, 0, 0, 3});
  CHECK(bench.total().sent == 6);
  CHECK(bench.missed() == 0);
}

TEST_CASE("a peer that has not announced itself counts from its first frame on") {
  Bench bench;
  bench.links.find(peer)->tail(90);
  CHECK(bench.total().sent == 0);
  bench.arrive({100, 102});
  CHECK(bench.total().sent == 3);
  CHECK(bench.missed() == 1);
}

TEST_CASE("a tail tells what is missing behind the last frame, once") {
  Bench bench;
  bench.match(peer);
  bench.arrive({1});
  for (int again = 0; again < 3; ++again)
    bench.links.find(peer)->tail(4);
  CHECK(bench.total().sent == 4);
  CHECK(bench.missed() == 3);
  bench.arrive({5});
  CHECK(bench.total().sent == 5);
  CHECK(bench.missed() == 3);
}

TEST_CASE("links that come and go leave the last few rows, and everything in the total") {
  constexpr std::uint32_t churn = 100'000;
  Bench publisher(true);
  Bench receiver;
  for (std::uint32_t i = 1; i <= churn; ++i) {
    const PortId id{2, i};
    publisher.match(id);
    publisher.course.sequence += 2;
    publisher.links.consumed(id, publisher.course.sequence - 1);
    publisher.links.unmatched(id, DropCause::peer_died);
    receiver.match(id);
    receiver.links.find(id)->arrived(2);
    receiver.links.delivered(id);
    receiver.links.unmatched(id, DropCause::peer_left);
  }
  CHECK(publisher.counters().links.size() < 20);
  CHECK(publisher.total().sent == 2 * churn);
  CHECK(publisher.total().delivered == churn);
  CHECK(publisher.total().dropped[std::size_t(DropCause::peer_died)] == churn);
  CHECK(receiver.counters().links.size() < 20);
  CHECK(receiver.counters().links.back().peer == PortId{2, churn});
  CHECK(receiver.total().sent == 2 * churn);
  CHECK(receiver.total().delivered == churn);
  CHECK(receiver.missed() == churn);
}

TEST_CASE("live links keep their rows, whatever comes and goes") {
  Bench bench;
  bench.match(peer);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    bench.match({2, i});
    bench.links.unmatched({2, i}, DropCause::peer_left);
  }
  CHECK(bench.counters().links.back().peer == peer);
  CHECK(bench.counters().links.back().live);
  CHECK(bench.links.live() == 1);
  CHECK(bench.links.ended() == 100);
}

TEST_CASE("a row outlives its link until the port finds another") {
  Bench bench;
  bench.match(peer);
  auto* row = bench.links.find(peer);
  bench.links.unmatched(peer, DropCause::peer_left);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    bench.match({2, i});
    bench.links.unmatched({2, i}, DropCause::peer_left);
  }
  row->arrived(1);
  bench.links.delivered(peer);
  CHECK(bench.counters().links.front().peer == peer);
  CHECK(bench.counters().links.front().delivered == 1);
}

TEST_CASE("a frame that is settled after its link is forgotten counts in the total, and makes no row") {
  Bench bench;
  bench.match(peer);
  bench.arrive({1, 2});
  bench.links.unmatched(peer, DropCause::peer_left);
  bench.match(other);
  bench.links.find(other);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    bench.match({2, i});
    bench.links.unmatched({2, i}, DropCause::peer_left);
  }
  bench.links.delivered(peer);
  bench.links.dropped(peer, DropCause::undecodable, 1);
  CHECK(bench.total().sent == 2);
  CHECK(bench.total().delivered == 1);
  CHECK(bench.total().dropped[std::size_t(DropCause::undecodable)] == 1);
  for (const auto& link : bench.counters().links)
    CHECK(link.peer != peer);
}

TEST_CASE("a peer that is matched again begins anew, and its old link has ended") {
  Bench bench;
  bench.match(peer);
  bench.arrive({1});
  bench.match(peer, "peer", 10);
  bench.arrive({11});
  CHECK(bench.links.live() == 1);
  CHECK(bench.links.ended() == 1);
  const auto links = bench.counters().links;
  REQUIRE(links.size() == 2);
  CHECK_FALSE(links[0].live);
  CHECK(links[1].live);
  CHECK(bench.total().sent == 2);
}

TEST_CASE("at a publisher that takes back a sequence, a link that began with it has been sent nothing") {
  Bench bench(true);
  bench.course.sequence = 6;
  bench.match(peer);
  bench.course.sequence = 5;
  CHECK(bench.total().sent == 0);
  SECTION("and it ends with nothing lost") {
    bench.links.consumed(peer, 5);
    bench.links.unmatched(peer, DropCause::peer_died);
    CHECK(bench.total().sent == 0);
    CHECK(bench.total().dropped_total() == 0);
  }
  SECTION("until it is sent something") {
    bench.course.sequence = 8;
    CHECK(bench.total().sent == 2);
  }
}

TEST_CASE("a peer that fits not is not live, but listens, and its refusal can be asked for") {
  Bench bench;
  CHECK_FALSE(bench.match(peer, "misfit"));
  CHECK(bench.links.live() == 0);
  CHECK(bench.links.listening() == 1);
  REQUIRE(bench.links.refusal());
  CHECK_FALSE(bench.counters().links.at(0).refusal.empty());
  bench.links.unmatched(peer, DropCause::peer_left);
  CHECK_FALSE(bench.links.refusal());
}

TEST_CASE("the peer whose type can be asked for is one that told it") {
  Bench bench(true);
  CHECK(bench.links.peer() == nullptr);
  bench.match(PortId{}, "");
  bench.match(other, "misfit");
  CHECK(bench.links.peer() == nullptr);
  bench.match(peer, "typed");
  REQUIRE(bench.links.peer() != nullptr);
  CHECK(bench.links.peer()->schema->name() == "test/Empty");
}

}  // namespace weft::node

namespace elsewhere {

TEST_CASE("the name of a cause is found wherever the caller is") {
  CHECK(to_string(weft::DropCause::stalled) == "stalled");
}

}  // namespace elsewhere
