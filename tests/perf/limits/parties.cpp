// Parties: all end, whatever becomes of one of them.
#include "limits/parties.hpp"

#include <cerrno>
#include <csignal>

#include <catch2/catch.hpp>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/cores.hpp"
#include "limits/broadcast.hpp"
#include "perf/limits/signals.hpp"

namespace weft::perf::limits {

namespace {

int for_ever() {
  for (;;)
    ::pause();
}

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD;
}

}  // namespace

TEST_CASE("parties that do their part are waited for, and share what was shared before") {
  Signals signals;
  const auto numbers = Shared<int>::create(2).value();
  const auto put = [&](int at) { return Party{[&numbers, at] { return numbers[at] = at + 1, 0; }, {}}; };
  REQUIRE(run_together(signals.interrupt(), {put(0), put(1)}, "counting"));
  CHECK(numbers[0] == 1);
  CHECK(numbers[1] == 2);
  CHECK_FALSE(has_children());
}

TEST_CASE("a party that fails ends the others, and says why") {
  Signals signals;
  const auto done =
      run_together(signals.interrupt(), {{for_ever, {}}, {[] { return ENOSPC; }, {}}}, "filling");
  REQUIRE_FALSE(done);
  CHECK(done.error().sys_errno == ENOSPC);
  CHECK(done.error().message.find("filling") != std::string::npos);
  CHECK_FALSE(has_children());
}

TEST_CASE("a party that is killed ends the others") {
  Signals signals;
  const auto done =
      run_together(signals.interrupt(), {{for_ever, {}}, {[] { return ::raise(SIGKILL); }, {}}}, "dying");
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::unavailable);
  CHECK_FALSE(has_children());
}

TEST_CASE("Ctrl-C ends all parties") {
  Signals signals;
  const auto self = ::getpid();
  const auto done =
      run_together(signals.interrupt(),
                   {{for_ever, {}}, {[&] { return ::kill(self, SIGINT), for_ever(); }, {}}}, "waiting");
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::cancelled);
  CHECK_FALSE(has_children());
  siginfo_t taken{};
  sigset_t interrupt{};
  sigaddset(&interrupt, SIGINT);
  CHECK(::sigwaitinfo(&interrupt, &taken) == SIGINT);  // so that it does not come when it is unblocked
}

TEST_CASE("a party runs where it is pinned to") {
  Signals signals;
  for (const auto cores : {Cores::one, Cores::two}) {
    const auto pins = pins_of(cores);
    if (!pins) continue;
    CHECK((pins->first == pins->second) == (cores == Cores::one));
    const auto runs_on = [](int processor) { return ::sched_getcpu() == processor ? 0 : EXDEV; };
    CHECK(run_together(signals.interrupt(),
                       {{[&] { return runs_on(*pins->first); }, pins->first},
                        {[&] { return runs_on(*pins->second); }, pins->second}},
                       "pinning"));
  }
}

TEST_CASE("a ring delivers every message to processes, too") {
  Signals signals;
  constexpr std::size_t readers = 4;
  const auto ring = Ring::create({readers, 8, 512}).value();
  const auto accounts = Shared<Account>::create(1 + readers).value();
  std::vector<Party> parties{{[&] { return write_broadcast(ring, Duration::zero(), accounts[0]), 0; }, {}}};
  for (std::size_t i = 0; i < readers; ++i)
    parties.push_back({[&, i] { return read_broadcast(ring, i, Read::all, accounts[i + 1]), 0; }, {}});
  REQUIRE(run_together(signals.interrupt(), parties, "broadcast"));
  for (std::size_t i = 1; i <= readers; ++i) {
    CHECK(accounts[i].messages == accounts[0].messages);
    CHECK(accounts[i].wrong == 0);
  }
}

}  // namespace weft::perf::limits
