// What a port thinks of what a peer says of itself.
#include <catch2/catch.hpp>
#include <msgpack.hpp>

#include "node/judge.hpp"
#include "type/describe.hpp"

namespace weft::test {

namespace {

using node::Contract;
using Reads = Contract::Reads;

const std::string pose = "test/Pose{x:f32}";

Contract publisher(bool reliable) {
  return {"test/pose", pose, {}, Reads::nothing, reliable, 16};
}

Contract subscriber(bool reliable) {
  return {"test/pose", pose, {}, Reads::schema, reliable, 16};
}

std::optional<Error> refusal(const Contract& ours, const Contract& theirs) {
  return node::judge_by(ours)(node::announce(theirs, {})).refusal;
}

/// An announcement with these fields only.
template <class... Fields>
Bytes of(const Fields&... fields) {
  msgpack::sbuffer buffer;
  msgpack::packer packer(buffer);
  packer.pack_array(sizeof...(fields));
  (packer.pack(fields), ...);
  const auto bytes = as_bytes(std::string_view(buffer.data(), buffer.size()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("who asks for reliable where best effort is offered is refused at both ends, and told the clause") {
  for (const auto& refused :
       {refusal(subscriber(true), publisher(false)), refusal(publisher(false), subscriber(true))}) {
    REQUIRE(refused);
    CHECK(refused->code == Errc::incompatible);
    CHECK_THAT(refused->message, Catch::Contains("reliability: requested reliable, offered best_effort"));
  }
}

TEST_CASE("more may be offered than is asked for") {
  for (const bool asked : {true, false}) {
    CHECK_FALSE(refusal(subscriber(asked), publisher(true)));
    CHECK_FALSE(refusal(publisher(true), subscriber(asked)));
  }
  CHECK_FALSE(refusal(subscriber(false), publisher(false)));
}

TEST_CASE("a service offers and asks for nothing of the kind") {
  const Contract server{"test/call", pose, pose, Reads::schema};
  const Contract client{"test/call", pose, pose, Reads::response};
  CHECK_FALSE(refusal(server, client));
  CHECK_FALSE(refusal(client, server));
}

TEST_CASE("an announcement of a later version is judged by what is known of it") {
  const auto later =
      of("test/pose", pose, "", true, 16, "node", "program", 7, "more", std::vector<std::string>{"and"});
  CHECK_FALSE(node::judge_by(subscriber(true))(later).refusal);
  const auto other = of("test/other", pose, "", true, 16, msgpack::type::nil_t());
  CHECK(node::judge_by(subscriber(true))(other).refusal);
}

TEST_CASE("an announcement of an earlier version offers and asks for nothing that it does not know") {
  const auto earlier = of("test/pose", pose);
  CHECK_FALSE(node::judge_by(subscriber(false))(earlier).refusal);
  CHECK_FALSE(node::judge_by(publisher(false))(earlier).refusal);
  CHECK(node::judge_by(subscriber(true))(earlier).refusal);
}

TEST_CASE("what is no announcement is refused as incompatible") {
  const auto whole = node::announce(publisher(true), {});
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + std::ptrdiff_t(size));
    const auto refused = node::judge_by(subscriber(true))(cut).refusal;
    REQUIRE(refused);
    CHECK(refused->code == Errc::incompatible);
  }
  auto longer = whole;
  longer.push_back(std::byte{0});
  CHECK(node::judge_by(subscriber(true))(longer).refusal);
}

TEST_CASE("who it is a peer says for people, in a bounded text, also where it does not fit") {
  for (const auto& theirs : {publisher(true), publisher(false)}) {
    const auto verdict = node::judge_by(subscriber(true))(node::announce(theirs, {"arm", "robot", 4711}));
    CHECK(verdict.refusal.has_value() != theirs.reliable);
    CHECK(verdict.who.node == "arm");
    CHECK(verdict.who.program == "robot");
    CHECK(verdict.who.pid == 4711);
  }
  const std::string much(100'000, 'n');
  CHECK(node::judge_by(subscriber(true))(node::announce(publisher(true), {much, much, 1})).who.node.size() ==
        256);
}

}  // namespace weft::test
