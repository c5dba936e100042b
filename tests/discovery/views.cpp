#include "discovery/views.hpp"

#include <catch2/catch.hpp>

#include "discovery/types.hpp"
#include "graphs.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Graphs;

namespace {

Graphs refused_pair() {
  Graphs graphs;
  auto& publisher = graphs.port(1, PortKind::publisher, "a");
  publisher.schema = "a/B{x:f64}";
  publisher.endpoints = {"somewhere"};
  auto& pair = graphs.pair(publisher, graphs.port(2, PortKind::subscriber, "a"), PairState::refused);
  pair.obstacle = Obstacle::type;
  pair.reason = "x does not fit";
  return graphs;
}

}  // namespace

TEST_CASE("a port is seen with whose it is, what it asks for and where it is") {
  const auto graphs = refused_pair();
  const auto view = port_view(graphs.graph, graphs.graph.ports.begin()->second);
  CHECK(view["kind"] == "publisher");
  CHECK(view["name"] == "a");
  CHECK(view["node"] == "node1");
  CHECK(view["program"] == "program1");
  CHECK(view["pid"] == 1001);
  CHECK(view["type"] == "a/B");
  CHECK(view["endpoints"] == Json::array({"somewhere"}));
}

TEST_CASE("a topic in short has its types and numbers") {
  const auto graphs = refused_pair();
  const auto all = channels(graphs.graph, Sort::topic);
  CHECK(channel_line(Sort::topic, "a", all.at("a")) == Json({{"name", "a"},
                                                             {"types", {"a/B"}},
                                                             {"publishers", 1},
                                                             {"subscribers", 1},
                                                             {"joined", 0},
                                                             {"refused", 1}}));
}

TEST_CASE("the whole of a topic has its ports by side, and why a pair is refused") {
  const auto graphs = refused_pair();
  const auto all = channels(graphs.graph, Sort::topic);
  const auto view = channel_view(graphs.graph, Sort::topic, "a", all.at("a"));
  CHECK(view["types"][0]["fingerprint"] == fingerprint_text("a/B{x:f64}"));
  CHECK(view["publishers"].size() == 1);
  CHECK(view["subscribers"][0]["type"] == "");
  CHECK(view["pairs"][0]["state"] == "refused");
  CHECK(view["pairs"][0]["obstacle"] == "type");
  CHECK(view["pairs"][0]["reason"] == "x does not fit");
}

TEST_CASE("a service is seen with its responses, and its sides have their own names") {
  Graphs graphs;
  auto& server = graphs.port(1, PortKind::server, "s");
  server.schema = "a/Q{}";
  server.response = "a/R{}";
  const auto all = channels(graphs.graph, Sort::service);
  const auto view = channel_view(graphs.graph, Sort::service, "s", all.at("s"));
  CHECK(view["responses"][0]["name"] == "a/R");
  CHECK(view["servers"].size() == 1);
  CHECK(view["clients"].empty());
  CHECK(channel_line(Sort::service, "s", all.at("s"))["responses"] == Json::array({"a/R"}));
}

TEST_CASE("a queue is seen with its workers and producers, and has no responses") {
  Graphs graphs;
  graphs.port(1, PortKind::worker, "q");
  graphs.port(2, PortKind::producer, "q").schema = "a/I{}";
  const auto all = channels(graphs.graph, Sort::queue);
  const auto view = channel_view(graphs.graph, Sort::queue, "q", all.at("q"));
  CHECK(view["types"][0]["name"] == "a/I");
  CHECK(view["workers"].size() == 1);
  CHECK(view["producers"][0]["kind"] == "producer");
  CHECK_FALSE(view.contains("responses"));
  CHECK(channel_line(Sort::queue, "q", all.at("q"))["producers"] == 1);
}

TEST_CASE("a node is seen with what it has, ports without one with their program's") {
  Graphs graphs;
  graphs.port(1, PortKind::client, "s");
  const auto view = node_view(node_lines(graphs.graph).front());
  CHECK(view["name"] == "node1");
  CHECK(view["program"] == "program1");
  CHECK(view["clients"] == 1);
  CHECK(node_view(NodeLine{}) == Json({{"name", ""},
                                       {"namespace", ""},
                                       {"program", ""},
                                       {"pid", 0},
                                       {"publishers", 0},
                                       {"subscribers", 0},
                                       {"servers", 0},
                                       {"clients", 0},
                                       {"workers", 0},
                                       {"producers", 0}}));
}

TEST_CASE("a finding is seen with its cause and what would mend it") {
  const auto view = finding_view("a", {.cause = Cause::daemon, .reason = "none runs", .remedy = "start one"});
  CHECK(view["hindered"] == true);
  CHECK(view["cause"] == "daemon");
  CHECK(view["remedy"] == "start one");
}
