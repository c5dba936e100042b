#include "node/choosing.hpp"

#include <array>

#include <catch2/catch.hpp>

namespace weft::node {

TEST_CASE("a call goes to the matched server with the fewest outstanding calls") {
  const std::array servers{Candidate{true, false, 2}, Candidate{false, false, 0}, Candidate{true, false, 1},
                           Candidate{true, false, 3}};
  for (std::size_t turn = 0; turn < 8; ++turn)
    CHECK(choose(servers, turn) == 2U);
}

TEST_CASE("among equal servers calls go round") {
  const std::array servers{Candidate{true, false, 1}, Candidate{false, false, 0}, Candidate{true, false, 1}};
  CHECK(choose(servers, 0) == 0U);
  CHECK(choose(servers, 1) == 2U);
  CHECK(choose(servers, 2) == 2U);
  CHECK(choose(servers, 3) == 0U);
}

TEST_CASE("a server that is leaving, or where the call has failed, is called only if there is no other") {
  const std::array servers{Candidate{true, true, 0}, Candidate{true, false, 9}};
  CHECK(choose(servers, 0) == 1U);
  CHECK(choose(std::array{Candidate{false, false, 0}, Candidate{true, true, 3}}, 0) == 1U);
}

TEST_CASE("without a matched server there is none to call") {
  CHECK_FALSE(choose({}, 3));
  CHECK_FALSE(choose(std::array{Candidate{}, Candidate{}}, 1));
}

}  // namespace weft::node
