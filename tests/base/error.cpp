#include "base/error.hpp"

#include <cerrno>
#include <set>

#include <catch2/catch.hpp>

#include "base/grpc_status.hpp"

using namespace weft;

namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Errc::invalid_argument, "odd"};
  return n / 2;
}

Result<int> quarter(int n) {
  WEFT_TRY(const int once, half(n));
  WEFT_TRY(const int twice, half(once));
  return twice;
}

Result<void> check_quarter(int n) {
  WEFT_CHECK(quarter(n));
  return {};
}

}  // namespace

TEST_CASE("a result holds either a value or an error") {
  CHECK(*half(8) == 4);
  CHECK(half(3).error().message == "odd");
  CHECK(half(3).value_or(9) == 9);
}

TEST_CASE("WEFT_TRY hands the first error up") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(6).error().code == Errc::invalid_argument);
  CHECK(check_quarter(8));
  CHECK_FALSE(check_quarter(6));
}

TEST_CASE("value() of an error throws with the error's message") {
  CHECK_THROWS_WITH(half(3).value(), "odd");
}

TEST_CASE("an error gathers context as it rises") {
  CHECK(half(3).error().message == "odd");
  CHECK(Error{Errc::timeout, "no answer"}.within("calling x").message == "calling x: no answer");
}

TEST_CASE("the kernel's reason chooses the code") {
  CHECK(sys_error(EADDRINUSE, "bind", "x").code == Errc::in_use);
  CHECK(sys_error(EACCES, "open", "x").code == Errc::permission_denied);
  CHECK(sys_error(EMFILE, "open", "x").code == Errc::resource_exhausted);
  CHECK(sys_error(ENAMETOOLONG, "open", "x").code == Errc::too_big);
}

TEST_CASE("each code is one of gRPC's, and each of gRPC's but OK is a code") {
  std::set<std::uint8_t> numbers;
  for (std::uint8_t code = 1; code <= std::uint8_t(Errc::unauthenticated); ++code) {
    const auto status = grpc_status(Errc(code));
    CHECK(from_grpc_status(status.number) == Errc(code));
    numbers.insert(status.number);
  }
  CHECK(numbers.size() == 16);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == 16);
  CHECK_FALSE(from_grpc_status(0));
  CHECK_FALSE(from_grpc_status(17));
  CHECK(grpc_status(Errc::timeout).name == "DEADLINE_EXCEEDED");
}
