#include "discovery/contract.hpp"

#include <catch2/catch.hpp>

namespace weft::discovery {

namespace {

/// One side as a test writes it.
struct Side {
  std::string_view schema;
  std::string_view response{};
  bool reliable = false;
};

/// The reason why the types do not fit; "fits".
std::string types(const Side& writer, const Side& reader) {
  TypeText wrote(writer.schema), answered(writer.response), reads(reader.schema), answers(reader.response);
  const auto plans = plan_types({wrote, answered}, {reads, answers});
  return plans ? "fits" : plans.error().message;
}

std::string reliability(bool offered, bool requested) {
  TypeText any("");
  const auto fits = check_reliability({any, any, offered}, {any, any, requested});
  return fits ? "fits" : fits.error().message;
}

}  // namespace

TEST_CASE("equal types and any type fit, whatever is written there") {
  CHECK(types({"a/B{x:f64}"}, {"a/B{x:f64}"}) == "fits");
  CHECK(types({""}, {"a/B{x:f64}"}) == "fits");
  CHECK(types({"a/B{x:f64}"}, {""}) == "fits");
  CHECK(types({"no schema"}, {"no schema"}) == "fits");
}

TEST_CASE("messages and requests are planned for the reader, responses for the writer") {
  TypeText narrow("a/B{x:f32}"), wide("a/B{x:f64}");
  const auto plans = plan_types({narrow, wide}, {wide, narrow});
  REQUIRE(plans);
  CHECK(plans->schema);
  CHECK(plans->response);
  CHECK(types({"a/B{x:f64}"}, {"a/B{x:f32}"}) ==
        "a/B: the schemas do not match: x: read as f32, written as f64");
  CHECK(types({"", "a/B{x:f32}"}, {"", "a/B{x:f64}"}) ==
        "a/B: the schemas do not match: x: read as f32, written as f64");
}

TEST_CASE("a reason names every field that differs, in one line that is bounded") {
  CHECK(types({"a/B{x:f64,y:bool}"}, {"a/B{x:string,y:u8}"}) ==
        "a/B: the schemas do not match: x: read as string, written as f64; y: read as u8, written as bool");
  std::string writer = "a/B{f:bool", reader = "a/B{f:u8";
  for (int i = 0; i < 900; ++i) {
    writer += ",f" + std::to_string(i) + ":bool";
    reader += ",f" + std::to_string(i) + ":u8";
  }
  const auto reason = types({writer + "}"}, {reader + "}"});
  CHECK(reason.size() > max_reason_bytes - 10);
  CHECK(reason.size() <= max_reason_bytes + 3);
}

TEST_CASE("a text that is no schema fits no other") {
  CHECK_THAT(types({"a/B{x:"}, {"a/B{x:f64}"}), Catch::StartsWith("schema text: "));
  CHECK_THAT(types({"a/B{x:f64}"}, {"a/B{x:"}), Catch::StartsWith("schema text: "));
}

TEST_CASE("who requests reliable is not served by who offers best effort") {
  CHECK(reliability(true, true) == "fits");
  CHECK(reliability(true, false) == "fits");
  CHECK(reliability(false, false) == "fits");
  CHECK(reliability(false, true) == "reliability: requested reliable, offered best_effort");
}

}  // namespace weft::discovery
