#include "node/judge.hpp"

#include <catch2/catch.hpp>

namespace weft::node {

namespace {

using Reads = Contract::Reads;

constexpr std::string_view narrow = "test/P{x:f32}";
constexpr std::string_view wide = "test/P{x:f64}";
constexpr std::string_view text = "test/P{x:string}";

Contract contract(std::string_view schema, Reads reads, std::string_view response = "") {
  return {"test/p", std::string(schema), std::string(response), reads};
}

/// What a port with contract `ours` thinks of one with `theirs`.
Verdict judge(const Contract& ours, const Contract& theirs) {
  return judge_by(ours)(announce(theirs, {}));
}

}  // namespace

TEST_CASE("ports of the same type fit without a plan") {
  const auto publisher = judge(contract(narrow, Reads::nothing), contract(narrow, Reads::schema));
  CHECK_FALSE(publisher.refusal);
  CHECK(publisher.same);
  const auto subscriber = judge(contract(narrow, Reads::schema), contract(narrow, Reads::nothing));
  CHECK_FALSE(subscriber.refusal);
  CHECK_FALSE(subscriber.plan);
  CHECK(subscriber.fingerprint == fingerprint_of(narrow));
}

TEST_CASE(
    "a reader plans for a writer whose type it can widen, and the writer knows that its own is not taken") {
  const auto reader = judge(contract(wide, Reads::schema), contract(narrow, Reads::nothing));
  CHECK_FALSE(reader.refusal);
  CHECK(reader.plan);
  CHECK(reader.fingerprint == fingerprint_of(narrow));
  const auto writer = judge(contract(narrow, Reads::nothing), contract(wide, Reads::schema));
  CHECK_FALSE(writer.refusal);
  CHECK_FALSE(writer.plan);
  CHECK_FALSE(writer.same);
}

TEST_CASE("types that do not fit are refused by the reader and by the writer, with the field") {
  for (const auto& [ours, theirs] :
       {std::pair(contract(text, Reads::schema), contract(narrow, Reads::nothing)),
        std::pair(contract(narrow, Reads::nothing), contract(text, Reads::schema))}) {
    const auto verdict = judge(ours, theirs);
    REQUIRE(verdict.refusal);
    CHECK(verdict.refusal->code == Errc::incompatible);
    CHECK_THAT(verdict.refusal->message, Catch::Contains("x: "));
  }
}

TEST_CASE("a peer of another name is refused, and its name told only if it is in form") {
  auto theirs = contract(narrow, Reads::nothing);
  theirs.name = "test/q";
  CHECK_THAT(judge(contract(narrow, Reads::schema), theirs).refusal->message, Catch::Contains("test/q"));
  theirs.name = "\x1b[2J";
  const auto hostile = judge(contract(narrow, Reads::schema), theirs);
  REQUIRE(hostile.refusal);
  CHECK(hostile.refusal->message.find('\x1b') == std::string::npos);
}

TEST_CASE("a peer that says nothing is accepted, and not taken for one of our type") {
  const auto verdict = judge_by(contract(narrow, Reads::nothing))({});
  CHECK_FALSE(verdict.refusal);
  CHECK_FALSE(verdict.same);
}

TEST_CASE("an announcement that is none is refused") {
  const std::byte garbage[] = {std::byte{0xc1}, std::byte{0xff}};
  const auto verdict = judge_by(contract(narrow, Reads::schema))(garbage);
  REQUIRE(verdict.refusal);
  CHECK(verdict.refusal->code == Errc::incompatible);
}

TEST_CASE("a schema that does not parse is refused") {
  CHECK(judge(contract(narrow, Reads::schema), contract("test/P{x:", Reads::nothing)).refusal);
}

TEST_CASE("a port of any type learns the peer's, and takes nobody for one of its own") {
  const auto reader = judge(contract("", Reads::schema), contract(narrow, Reads::nothing));
  REQUIRE(reader.schema);
  CHECK(reader.schema->text() == narrow);
  CHECK(reader.fingerprint == fingerprint_of(narrow));
  const auto writer = judge(contract("", Reads::nothing), contract(narrow, Reads::schema));
  REQUIRE(writer.schema);
  CHECK_FALSE(writer.same);
}

TEST_CASE("of a service, a client compares the request that it sends and a server the response") {
  const auto client = contract(narrow, Reads::response, wide);
  const auto server = contract(narrow, Reads::schema, wide);
  CHECK(judge(client, server).same);
  CHECK(judge(server, client).same);
  const auto older = contract(narrow, Reads::response, narrow);  // its server answers what it knows as wide
  CHECK_FALSE(judge(contract(narrow, Reads::schema, narrow), contract(narrow, Reads::response, wide)).same);
  CHECK(judge(older, contract(narrow, Reads::schema, narrow)).same);
}

}  // namespace weft::node
