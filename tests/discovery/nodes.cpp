#include "discovery/nodes.hpp"

#include <catch2/catch.hpp>

#include "graphs.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Graphs;

TEST_CASE("a node is listed with the number of its ports of each kind") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "a");
  graphs.port(1, PortKind::publisher, "b");
  graphs.port(1, PortKind::client, "c");
  graphs.port(1, PortKind::worker, "d");
  const auto lines = node_lines(graphs.graph);
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().node->name == "node1");
  CHECK(lines.front().session->program == "program1");
  CHECK(lines.front().counts == std::array<std::size_t, port_kinds>{2, 0, 0, 1, 1, 0});
}

TEST_CASE("ports that no node made are a line of their own") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "a").node = 0;
  const auto lines = node_lines(graphs.graph);
  REQUIRE(lines.size() == 2);
  CHECK(lines.front().node == nullptr);
  CHECK(lines.front().counts[0] == 1);
}

TEST_CASE("ports are found by their node's name and by their program's") {
  Graphs graphs;
  const auto& publisher = graphs.port(1, PortKind::publisher, "a");
  graphs.port(2, PortKind::subscriber, "a");
  CHECK(node_name(graphs.graph, publisher) == "node1");
  for (const auto* name : {"node1", "program1"}) {
    const auto ports = ports_of(graphs.graph, name);
    REQUIRE(ports);
    REQUIRE(ports->size() == 1);
    CHECK(ports->front()->key == publisher.key);
  }
  const auto wrong = ports_of(graphs.graph, "nod1");
  REQUIRE(!wrong);
  CHECK(wrong.error().code == Errc::not_found);
  CHECK(wrong.error().message == "no node or program \"nod1\"; did you mean \"node1\"?");
}
