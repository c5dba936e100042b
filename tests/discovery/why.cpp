#include "discovery/why.hpp"

#include <catch2/catch.hpp>

#include "graphs.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Graphs;

TEST_CASE("when every pair was told to meet, nothing hinders") {
  Graphs graphs;
  const auto& publisher = graphs.port(1, PortKind::publisher, "a");
  const auto& subscriber = graphs.port(2, PortKind::subscriber, "a");
  const auto& neighbour = graphs.port(1, PortKind::subscriber, "a");
  graphs.pair(publisher, subscriber, PairState::joined);
  graphs.pair(publisher, neighbour, PairState::local);
  const auto explanation = why("a", graphs.graph);
  CHECK(explanation.nothing_hinders());
  CHECK(explanation.told == 2);
}

TEST_CASE("a refused pair is named with its reason and what would mend it") {
  Graphs graphs;
  const auto& publisher = graphs.port(1, PortKind::publisher, "a");
  auto& pair = graphs.pair(publisher, graphs.port(2, PortKind::subscriber, "a"), PairState::refused);
  pair.obstacle = Obstacle::type;
  pair.reason = "x: read as f64, written as string";
  const auto explanation = why("a", graphs.graph);
  REQUIRE(explanation.findings.size() == 1);
  const auto& finding = explanation.findings.front();
  CHECK(finding.cause == Cause::type);
  CHECK(finding.owner == "publisher of node1 (program1, pid 1001)");
  CHECK(finding.guest == "subscriber of node2 (program2, pid 1002)");
  CHECK(finding.reason == "x: read as f64, written as string");
  CHECK(!finding.remedy.empty());
  CHECK(!explanation.nothing_hinders());
}

TEST_CASE("each clause has a cause of its own") {
  for (const auto& [obstacle, cause] :
       {std::pair(Obstacle::reliability, Cause::reliability), std::pair(Obstacle::medium, Cause::medium),
        std::pair(Obstacle::hosting, Cause::hosting)}) {
    Graphs graphs;
    const auto& publisher = graphs.port(1, PortKind::publisher, "a");
    graphs.pair(publisher, graphs.port(2, PortKind::subscriber, "a"), PairState::refused).obstacle = obstacle;
    CHECK(why("a", graphs.graph).findings.front().cause == cause);
  }
}

TEST_CASE("one bad pair does not hide that others flow") {
  Graphs graphs;
  const auto& publisher = graphs.port(1, PortKind::publisher, "a");
  graphs.pair(publisher, graphs.port(2, PortKind::subscriber, "a"), PairState::joined);
  graphs.pair(publisher, graphs.port(3, PortKind::subscriber, "a"), PairState::refused);
  const auto explanation = why("a", graphs.graph);
  CHECK(explanation.told == 1);
  CHECK(explanation.findings.size() == 1);
  CHECK(!explanation.nothing_hinders());
}

TEST_CASE("a subscriber without a publisher is told of one that is nearly named so") {
  Graphs graphs;
  graphs.port(1, PortKind::subscriber, "robot/imu");
  graphs.port(2, PortKind::subscriber, "robot/imi");
  CHECK(why("robot/imu", graphs.graph).findings.front().cause == Cause::nobody);
  graphs.port(3, PortKind::publisher, "robot/imux");
  const auto finding = why("robot/imu", graphs.graph).findings.front();
  CHECK(finding.cause == Cause::near_name);
  CHECK(finding.reason == "nobody publishes robot/imu; there is robot/imux");
}

TEST_CASE("a publisher without a subscriber is told of one in another namespace") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "robot/imu");
  graphs.port(2, PortKind::subscriber, "left/robot/imu");
  const auto finding = why("robot/imu", graphs.graph).findings.front();
  CHECK(finding.cause == Cause::other_space);
  CHECK(finding.reason == "nobody subscribes to robot/imu; there is left/robot/imu");
}

TEST_CASE("who requests more of a queue than is offered is told who may do what") {
  Graphs graphs;
  const auto& worker = graphs.port(1, PortKind::worker, "jobs");
  auto& pair = graphs.pair(worker, graphs.port(2, PortKind::producer, "jobs"), PairState::refused);
  pair.obstacle = Obstacle::reliability;
  const auto finding = why("jobs", graphs.graph).findings.front();
  CHECK(finding.owner == "worker of node1 (program1, pid 1001)");
  CHECK(finding.remedy == "let the producer offer reliable, or the worker ask for best_effort");
}

TEST_CASE("a producer without a worker, and a worker without a producer, are told so") {
  for (const auto& [kind, reason] : {std::pair(PortKind::producer, "nobody pulls from jobs"),
                                     std::pair(PortKind::worker, "nobody pushes to jobs")}) {
    Graphs graphs;
    graphs.port(1, kind, "jobs");
    const auto finding = why("jobs", graphs.graph).findings.front();
    CHECK(finding.cause == Cause::nobody);
    CHECK(finding.sort == Sort::queue);
    CHECK(finding.reason == reason);
  }
}

TEST_CASE(
    "who takes a queue for a topic or a topic for a queue is told, whichever side of the queue it has") {
  for (const auto& [one, other] : {std::pair(PortKind::publisher, PortKind::worker),
                                   std::pair(PortKind::subscriber, PortKind::producer)}) {
    Graphs graphs;
    graphs.port(1, one, "jobs");
    graphs.port(2, other, "jobs");
    const auto findings = why("jobs", graphs.graph).findings;
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].cause == Cause::other_sort);
    CHECK_THAT(findings[0].reason, Catch::EndsWith("; jobs is a queue: weft queue info jobs"));
  }
}

TEST_CASE("who takes a service for a topic, or a topic for a service, is told") {
  Graphs graphs;
  graphs.port(1, PortKind::server, "water");
  graphs.port(2, PortKind::subscriber, "water");
  graphs.port(3, PortKind::publisher, "soil");
  graphs.port(4, PortKind::client, "soil");
  const auto findings = why("water", graphs.graph).findings;
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].cause == Cause::other_sort);
  CHECK(findings[0].sort == Sort::topic);
  CHECK(findings[0].reason == "nobody publishes water; water is a service: weft service info water");
  CHECK(findings[1].sort == Sort::service);
  CHECK(findings[1].reason == "nobody calls water");
  CHECK(why("soil", graphs.graph).findings[1].reason ==
        "nobody serves soil; soil is a topic: weft topic info soil");
}

TEST_CASE("who is in another domain is found there") {
  Graphs here;
  Graphs there;
  here.port(1, PortKind::subscriber, "a");
  there.port(2, PortKind::subscriber, "a");
  const Elsewhere elsewhere[] = {{"lab", &there.graph}};
  CHECK(why("a", here.graph, elsewhere).findings.front().cause == Cause::nobody);
  there.port(3, PortKind::publisher, "a");
  const auto finding = why("a", here.graph, elsewhere).findings.front();
  CHECK(finding.cause == Cause::other_domain);
  CHECK(finding.reason == "nobody publishes a; domain \"lab\" has a publisher of node3 (program3, pid 1003)");
  CHECK(finding.remedy ==
        "run both in one domain: with WEFT_DOMAIN=lab, and ContextOptions::domain \"lab\" in a program that "
        "does not take its options_from(environ)");
  CHECK(why("a", Graph{}, elsewhere).findings.front().cause == Cause::other_domain);
}

TEST_CASE("a name that nobody has is one finding, with those it may have meant") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "host/cpu");
  graphs.port(2, PortKind::server, "host/process");
  CHECK(why("host/cpus", graphs.graph).findings.front().reason == "nobody has host/cpus; there is host/cpu");
  CHECK(why("host/proces", graphs.graph).findings.front().reason ==
        "nobody has host/proces; there is host/process");
  CHECK(why("other", graphs.graph).findings.front().reason == "nobody has other");
  CHECK(why("b\x1b[2J", graphs.graph).findings.front().reason == "nobody has b\\u001b[2J");
}

TEST_CASE("a port that keeps to endpoints by hand meets only who has one that may be the same place") {
  Graphs graphs;
  auto& publisher = graphs.port(1, PortKind::publisher, "a");
  auto& subscriber = graphs.port(2, PortKind::subscriber, "a");
  publisher.by_hand = {"ipc:///run/weft/house"};
  subscriber.media.clear();
  const auto hindered = [&](const std::string& uri) {
    subscriber.by_hand = {uri};
    const auto explanation = why("a", graphs.graph);
    CHECK(explanation.by_hand == (explanation.nothing_hinders() ? 1 : 0));
    CHECK(explanation.told == 0);
    return !explanation.nothing_hinders();
  };
  CHECK(hindered("ipc://cellar"));
  const auto finding = why("a", graphs.graph).findings.front();
  CHECK(finding.cause == Cause::by_hand);
  CHECK(finding.reason == "the subscriber keeps to its endpoints by hand (ipc://cellar)");
  SECTION("as a name that binding resolved and connecting did not") {
    CHECK_FALSE(hindered("ipc://house"));
    CHECK_FALSE(hindered("ipc:///run/weft/house"));
    CHECK(hindered("ipc:///run/other/house"));
  }
  SECTION("as one port of all hosts and of one") {
    publisher.by_hand = {"tcp://0.0.0.0:7700"};
    CHECK_FALSE(hindered("tcp://robot:7700"));
    CHECK(hindered("tcp://robot:7701"));
  }
  SECTION("as where an owner is reachable for those who are found") {
    publisher.endpoints = {"ipc:///run/weft/1-1"};
    CHECK_FALSE(hindered("ipc:///run/weft/1-1"));
  }
}

TEST_CASE("a pair that is about to meet does not flow yet") {
  Graphs graphs;
  const auto& publisher = graphs.port(1, PortKind::publisher, "a");
  graphs.pair(publisher, graphs.port(2, PortKind::subscriber, "a"), PairState::starting);
  CHECK(why("a", graphs.graph).findings.front().cause == Cause::starting);
}

TEST_CASE("who runs without the daemon may be the one that is missing") {
  Graphs graphs;
  graphs.port(1, PortKind::subscriber, "a");
  const Stranger strangers[] = {{77, "house"}};
  const auto lonely = why("a", graphs.graph, {}, strangers).findings.front();
  CHECK(lonely.cause == Cause::daemon);
  CHECK(lonely.reason ==
        "nobody publishes a; running here, but unknown to any daemon: pid 77 (socket house)");
  graphs.port(2, PortKind::publisher, "aa");
  CHECK(why("a", graphs.graph, {}, strangers).findings.front().cause == Cause::near_name);
}

TEST_CASE("of many who run without the daemon three are named") {
  const Stranger strangers[] = {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}};
  const auto finding = why("x", Graph{}, {}, strangers).findings.front();
  CHECK(finding.reason ==
        "nobody has x; running here, but unknown to any daemon: pid 1 (socket a), pid 2 (socket b), pid 3 "
        "(socket c) and 2 more");
}

TEST_CASE("what keeps us from seeing the directory is a finding with what would mend it") {
  for (const auto& [code, cause] :
       {std::pair(Errc::unavailable, Cause::daemon), std::pair(Errc::incompatible, Cause::daemon),
        std::pair(Errc::in_use, Cause::daemon), std::pair(Errc::timeout, Cause::daemon),
        std::pair(Errc::resource_exhausted, Cause::daemon), std::pair(Errc::malformed, Cause::daemon),
        std::pair(Errc::permission_denied, Cause::permission),
        std::pair(Errc::not_found, Cause::permission)}) {
    const auto explanation = why_unseen("a", Error{code, "what \x1b is wrong"});
    REQUIRE(explanation.findings.size() == 1);
    const auto& finding = explanation.findings.front();
    CHECK(finding.cause == cause);
    CHECK(finding.reason == "the directory cannot be read: what \\u001b is wrong");
    CHECK(!finding.remedy.empty());
    CHECK(!explanation.nothing_hinders());
  }
}

TEST_CASE("where the directory cannot be read, nothing is concluded from who else is seen") {
  Graphs there;
  there.port(1, PortKind::publisher, "a");
  const Elsewhere elsewhere[] = {{"lab", &there.graph}};
  const Stranger strangers[] = {{77, "house"}};
  const auto findings = why_unseen("a", Error{Errc::timeout, "it is hung"}, elsewhere, strangers).findings;
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].cause == Cause::daemon);
  CHECK(findings[0].reason ==
        "the directory cannot be read: it is hung; domain \"lab\" has a publisher of node1 (program1, pid "
        "1001); weft programs seen here: pid 77 (socket house)");
  CHECK(findings[0].remedy == unseen(Error{Errc::timeout, ""}).remedy);
  CHECK(why_unseen("b", Error{Errc::timeout, "it is hung"}, elsewhere).findings[0].reason ==
        "the directory cannot be read: it is hung");
}
