#include "node/pending.hpp"

#include <algorithm>

namespace weft::node {

PendingCalls::Place PendingCalls::add(Deadline deadline) {
  if (free_.empty()) {
    free_.push_back(Place(calls_.size()));
    calls_.emplace_back().place = free_.back();
  }
  const auto place = free_.back();
  free_.pop_back();
  auto& call = calls_[place];
  call.state = Pending::State::resting;
  call.attempt = 0;
  call.slot = 0;
  call.due = Instant::min();
  call.deadline = deadline;
  call.request.clear();
  call.outcome = Error{};
  return place;
}

void PendingCalls::number(Pending& call) noexcept {
  call.number = ++last_ << place_bits | call.place;
}

Pending* PendingCalls::find(std::uint64_t number) noexcept {
  const auto place = number & ((std::uint64_t(1) << place_bits) - 1);
  if (place >= calls_.size()) return nullptr;
  auto& call = calls_[place];
  return call.state == Pending::State::sent && call.number == number ? &call : nullptr;
}

void PendingCalls::finish(Pending& call) noexcept {
  call.state = Pending::State::finished;
  ++finished_;
}

void PendingCalls::release(Pending& call) noexcept {
  if (call.state == Pending::State::finished) --finished_;
  if (call.outcome) call.outcome = Error{};  // the transport's memory goes back
  call.state = Pending::State::free;
  free_.push_back(call.place);
}

Instant PendingCalls::next() const noexcept {
  auto next = Instant::max();
  for (const auto& call : calls_) {
    const bool waits = call.state == Pending::State::resting || call.state == Pending::State::sent;
    if (waits) next = std::min(next, call.next());
  }
  return next;
}

}  // namespace weft::node
