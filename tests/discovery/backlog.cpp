#include "discovery/backlog.hpp"

#include <catch2/catch.hpp>

using namespace weft::discovery;

TEST_CASE("while no more waits than may, nobody is to lose anything") {
  Backlog backlog(100);
  CHECK_FALSE(backlog.stalest());
  backlog.waits(1, 60);
  backlog.waits(2, 40);
  CHECK_FALSE(backlog.stalest());
  backlog.waits(2, 41);
  CHECK(backlog.stalest());
  backlog.waits(1, 59);
  CHECK_FALSE(backlog.stalest());
}

TEST_CASE(
    "when too much waits, who has read nothing for longest loses it, of those for whom anything waits") {
  Backlog backlog(100);
  for (const SessionId session : {3, 1, 2})
    backlog.reads(session);
  backlog.waits(1, 60);
  backlog.waits(2, 60);
  CHECK(backlog.stalest() == SessionId(1));
  backlog.reads(1);
  CHECK(backlog.stalest() == SessionId(2));
  backlog.waits(4, 1);  // which has never read
  CHECK(backlog.stalest() == SessionId(4));
}

TEST_CASE("for who has gone nothing waits") {
  Backlog backlog(100);
  backlog.waits(1, 101);
  backlog.forget(1);
  CHECK_FALSE(backlog.stalest());
  backlog.forget(1);
  backlog.waits(2, 101);
  CHECK(backlog.stalest() == SessionId(2));
}
