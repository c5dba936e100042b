#include "hostmon/notices.hpp"

#include <catch2/catch.hpp>

namespace weft::hostmon {

TEST_CASE("a lasting failure is told once, and once when it ends") {
  Notices notices;
  const Error broken{Errc::malformed, "line 3: broken"};
  CHECK_FALSE(notices.note("cpu", nullptr));
  CHECK(notices.note("cpu", &broken) == "cpu: line 3: broken (the other sources go on)");
  CHECK_FALSE(notices.note("cpu", &broken));
  CHECK(notices.note("cpu", nullptr) == "cpu: works again");
  CHECK_FALSE(notices.note("cpu", nullptr));
}

TEST_CASE("another kind of failure and another source are told again") {
  Notices notices;
  const Error broken{Errc::malformed, "broken"};
  const Error missing{Errc::not_found, "missing"};
  CHECK(notices.note("cpu", &broken));
  CHECK(notices.note("cpu", &missing));
  CHECK(notices.note("disks", &missing));
  CHECK_FALSE(notices.note("cpu", &missing));
}

}  // namespace weft::hostmon
