#include "base/sys.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>

using namespace weft;

TEST_CASE("a call that the kernel interrupted is repeated") {
  int calls = 0;
  const auto answer = sys::call("read", "nothing", [&] {
    if (++calls < 3) {
      errno = EINTR;
      return -1;
    }
    return 7;
  });
  REQUIRE(answer);
  CHECK(*answer == 7);
  CHECK(calls == 3);
}

TEST_CASE("a failed call names itself, its object and the kernel's reason") {
  const auto answer =
      sys::open("open", "/nowhere/at/all", [] { return ::open("/nowhere/at/all", O_RDONLY); });
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::not_found);
  CHECK(answer.error().sys_errno == ENOENT);
  CHECK(answer.error().message == "open /nowhere/at/all: No such file or directory");
}

TEST_CASE("an Fd closes its descriptor exactly once") {
  int raw = -1;
  {
    auto opened = sys::open("open", "/dev/null", [] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); });
    REQUIRE(opened);
    Fd moved = *std::move(opened);
    raw = moved.get();
    CHECK(::fcntl(raw, F_GETFD) != -1);
    Fd other = std::move(moved);
    CHECK(other.get() == raw);
  }
  CHECK(::fcntl(raw, F_GETFD) == -1);
}

TEST_CASE("a released descriptor is the caller's") {
  Fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int raw = fd.release();
  CHECK_FALSE(fd);
  CHECK(::close(raw) == 0);
}
