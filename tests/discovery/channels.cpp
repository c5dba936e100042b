#include "discovery/channels.hpp"

#include <catch2/catch.hpp>

#include "graphs.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Graphs;

TEST_CASE("topics, services and queues are seen by name, with both sides") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "robot/imu");
  graphs.port(2, PortKind::subscriber, "robot/imu");
  graphs.port(3, PortKind::server, "robot/imu");
  graphs.port(4, PortKind::producer, "robot/imu");
  graphs.pair(graphs.port(5, PortKind::worker, "robot/imu"), graphs.port(6, PortKind::producer, "robot/imu"),
              PairState::joined);
  const auto seen = channels(graphs.graph, Sort::topic);
  REQUIRE(seen.size() == 1);
  CHECK(seen.at("robot/imu").owners.size() == 1);
  CHECK(seen.at("robot/imu").guests.size() == 1);
  CHECK(channels(graphs.graph, Sort::service).at("robot/imu").owners.front()->key.port == 3);
  const auto queue = channels(graphs.graph, Sort::queue).at("robot/imu");
  CHECK(queue.owners.front()->kind == PortKind::worker);
  CHECK(queue.guests.size() == 2);
  CHECK(queue.pairs.size() == 1);
}

TEST_CASE("each stated schema is given once, the owners' first") {
  Graphs graphs;
  graphs.port(1, PortKind::subscriber, "a").schema = "a/B{}";
  graphs.port(2, PortKind::publisher, "a").schema = "a/C{}";
  graphs.port(3, PortKind::publisher, "a").schema = "a/C{}";
  graphs.port(4, PortKind::subscriber, "a");
  const auto seen = channels(graphs.graph, Sort::topic);
  CHECK(seen.at("a").schemas() == std::vector<std::string_view>{"a/C{}", "a/B{}"});
}

TEST_CASE("a port is described by kind, node, program and process") {
  Graphs graphs;
  const auto& port = graphs.port(1, PortKind::publisher, "a");
  CHECK(describe(graphs.graph, port) == "publisher of node1 (program1, pid 1001)");
  graphs.graph.nodes.clear();
  CHECK(describe(graphs.graph, port) == "publisher (program1, pid 1001)");
  graphs.graph.sessions.clear();
  CHECK(describe(graphs.graph, port) == "publisher");
}

TEST_CASE("alike are names with the same last part, then those nearly written so") {
  Graphs graphs;
  for (const auto* name : {"left/robot/imu", "robot/imi", "robot/battery", "robot/imu"})
    graphs.port(1, PortKind::publisher, name);
  CHECK(alike("robot/imu", channels(graphs.graph, Sort::topic)) ==
        std::vector<std::string>{"left/robot/imu", "robot/imi"});
  CHECK(alike("robot/imu", channels(graphs.graph, Sort::topic), 1).size() == 1);
  CHECK(alike("nothing/like/it", channels(graphs.graph, Sort::topic)).empty());
}

TEST_CASE("alike is what goes on from a beginning, and not what has little in common") {
  Graphs graphs;
  for (const auto* name : {"farm/soil", "farm/water", "farm/water/level"})
    graphs.port(1, PortKind::publisher, name);
  const auto all = channels(graphs.graph, Sort::topic);
  CHECK(alike("farm/none", all).empty());
  CHECK(alike("farm/wa", all) == std::vector<std::string>{"farm/water"});
  CHECK(alike("farm", all).empty());
  CHECK(alike("farm/", all).empty());
}

TEST_CASE("a channel that is not there is told with those that may have been meant") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "robot/imu");
  CHECK(find_channel(graphs.graph, Sort::topic, "robot/imu")->owners.size() == 1);
  const auto near = find_channel(graphs.graph, Sort::topic, "robot/imi");
  REQUIRE(!near);
  CHECK(near.error().code == Errc::not_found);
  CHECK(near.error().message == "no topic \"robot/imi\"; did you mean \"robot/imu\"?");
  CHECK(find_channel(graphs.graph, Sort::service, "robot/imu").error().message ==
        "robot/imu is a topic: weft topic info robot/imu");
  CHECK(find_channel(graphs.graph, Sort::queue, "robot/imu").error().message ==
        "robot/imu is a topic: weft topic info robot/imu");
  CHECK(find_channel(graphs.graph, Sort::service, "lidar").error().message == "no service \"lidar\"");
}
