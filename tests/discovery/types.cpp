#include "discovery/types.hpp"

#include <catch2/catch.hpp>

#include "graphs.hpp"

using namespace weft;
using namespace weft::discovery;
using test::Graphs;

namespace {

constexpr const char* cpu = "host/Cpu{busy:f64}";
constexpr const char* ask = "host/Ask{pid:i32}";
constexpr const char* job = "host/Job{nice:i32}";
constexpr const char* answer = "host/Answer{name:string}";

Graphs host() {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "host/cpu").schema = cpu;
  graphs.port(2, PortKind::subscriber, "host/cpu").schema = cpu;
  graphs.port(3, PortKind::subscriber, "host/any");
  auto& server = graphs.port(1, PortKind::server, "host/process");
  server.schema = ask;
  server.response = answer;
  graphs.port(2, PortKind::producer, "host/jobs").schema = job;
  return graphs;
}

std::vector<std::string> texts(const Result<Schemas>& schemas) {
  std::vector<std::string> out;
  for (const auto& schema : schemas->sound)
    out.push_back(schema.text());
  return out;
}

}  // namespace

TEST_CASE("schemas are named by topic, by service, by queue and by type") {
  const auto graphs = host();
  CHECK(texts(schemas_named(graphs.graph, "host/cpu")) == std::vector<std::string>{cpu});
  CHECK(texts(schemas_named(graphs.graph, "host/process")) == std::vector<std::string>{ask, answer});
  CHECK(texts(schemas_named(graphs.graph, "host/jobs")) == std::vector<std::string>{job});
  CHECK(texts(schemas_named(graphs.graph, "host/Answer")) == std::vector<std::string>{answer});
}

TEST_CASE("a name without a schema is answered with one that may have been meant") {
  const auto graphs = host();
  const auto wrong = schemas_named(graphs.graph, "host/Cpi");
  REQUIRE(!wrong);
  CHECK(wrong.error().code == Errc::not_found);
  CHECK(wrong.error().message ==
        "no topic, service, queue or type \"host/Cpi\" whose schema is known; did you mean \"host/Cpu\"?");
  CHECK(schemas_named(graphs.graph, "host/any").error().code == Errc::not_found);
}

TEST_CASE("what a program announced as a schema and is none is an error") {
  Graphs graphs;
  graphs.port(1, PortKind::publisher, "a").schema = "a/B{x:";
  CHECK(schemas_named(graphs.graph, "a").error().code == Errc::malformed);
}

TEST_CASE("what is no schema hides none that is, and is told with whose it is") {
  auto graphs = host();
  graphs.port(7, PortKind::publisher, "host/cpu").schema = "a/B{x\x1b:";
  graphs.port(8, PortKind::publisher, "host/cpu").schema = "a/B{x\x1b:";
  graphs.port(9, PortKind::publisher, "elsewhere").schema = "a/B{x\x1b:";
  const auto schemas = schemas_named(graphs.graph, "host/cpu");
  REQUIRE(schemas);
  CHECK(texts(schemas) == std::vector<std::string>{cpu});
  REQUIRE(schemas->unsound.size() == 1);
  const auto& line = schemas->unsound.front();
  CHECK(
      line.starts_with("publisher of node7 (program7, pid 1007) and 1 more: what is announced of host/cpu"));
  CHECK(line.find('\x1b') == std::string::npos);
}

TEST_CASE("topics are found by their type's name and by its fingerprint") {
  const auto graphs = host();
  const auto by_name = topics_of_type(graphs.graph, "host/Cpu");
  REQUIRE(by_name);
  REQUIRE(by_name->size() == 1);
  CHECK(by_name->front().topic == "host/cpu");
  CHECK(by_name->front().schema == cpu);
  CHECK(topics_of_type(graphs.graph, fingerprint_text(cpu))->size() == 1);
  CHECK(topics_of_type(graphs.graph, "host/Cpi").error().message ==
        "no topic of type \"host/Cpi\"; did you mean \"host/Cpu\"?");
}

TEST_CASE("a type's name is safe to show, whatever was announced") {
  CHECK(type_name_of(cpu) == "host/Cpu");
  CHECK(type_name_of("a\x1b[2J{") == "a\\u001b[2J");
  CHECK(type_name_of("").empty());
}
