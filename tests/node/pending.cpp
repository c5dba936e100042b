#include "node/pending.hpp"

#include <catch2/catch.hpp>

namespace weft::node {

namespace {

Pending& sent(PendingCalls& calls, Deadline deadline = Deadline::none()) {
  auto& call = calls[calls.add(deadline)];
  calls.number(call);
  call.state = Pending::State::sent;
  return call;
}

}  // namespace

TEST_CASE("a call that a server has is found by its last attempt's number") {
  PendingCalls calls;
  auto& one = sent(calls);
  auto& two = sent(calls);
  CHECK(calls.find(one.number) == &one);
  CHECK(calls.find(two.number) == &two);
  const auto first = one.number;
  calls.number(one);
  CHECK(one.number > two.number);
  CHECK(calls.find(first) == nullptr);
  CHECK(calls.find(one.number) == &one);
  one.state = Pending::State::resting;
  CHECK(calls.find(one.number) == nullptr);
  CHECK(calls.find(0) == nullptr);
  CHECK(calls.find(~std::uint64_t(0)) == nullptr);
}

TEST_CASE("a place is used again, and the number of who had it before finds nobody") {
  PendingCalls calls;
  auto& one = sent(calls);
  const auto place = one.place;
  const auto number = one.number;
  calls.release(one);
  CHECK(calls.add(Deadline::none()) == place);
  CHECK(calls.find(number) == nullptr);
}

TEST_CASE("a call is finished until it is released") {
  PendingCalls calls;
  auto& one = sent(calls);
  auto& two = sent(calls);
  CHECK(calls.finished() == 0);
  calls.finish(one);
  CHECK(calls.finished() == 1);
  CHECK(calls.find(one.number) == nullptr);
  calls.release(two);
  CHECK(calls.finished() == 1);
  calls.release(one);
  CHECK(calls.finished() == 0);
  CHECK(calls.count() == 0);
}

TEST_CASE("the next thing to do is the earliest deadline, or end of a rest") {
  const auto at = [](int second) { return Instant(std::chrono::seconds(second)); };
  PendingCalls calls;
  CHECK(calls.next() == Instant::max());
  sent(calls, Deadline::at(at(9)));
  auto& resting = calls[calls.add(Deadline::at(at(7)))];
  CHECK(calls.next() == at(7));
  resting.due = at(3);
  CHECK(calls.next() == at(3));
  calls.finish(resting);
  CHECK(calls.next() == at(9));
}

}  // namespace weft::node
