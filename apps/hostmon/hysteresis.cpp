#include "hostmon/hysteresis.hpp"

#include <algorithm>
#include <cmath>

#include "hostmon/counters.hpp"

namespace weft::hostmon {

namespace {

using Phase = AlertState::Phase;
using Event = AlertStep::Event;

AlertStep above(const Thresholds& thresholds, Time since, Time now) noexcept {
  const Duration lasted = elapsed(since, now);
  if (lasted < thresholds.hold) return {{Phase::pending, since}};
  return {{Phase::raised, now}, Event::raised, lasted};
}

}  // namespace

AlertStep step(const Thresholds& thresholds, const AlertState& state, double value, Time now) noexcept {
  if (std::isnan(value)) return {state};
  switch (state.phase) {
    case Phase::quiet:
      if (value > thresholds.high) return above(thresholds, now, now);
      return {state};
    case Phase::pending:
      if (value > thresholds.high) return above(thresholds, std::min(state.since, now), now);
      return {AlertState{}};
    case Phase::raised:
      if (value > thresholds.low) return {state};
      return {AlertState{}, Event::cleared, elapsed(state.since, now)};
  }
  return {state};
}

}  // namespace weft::hostmon
