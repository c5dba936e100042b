// Hysteresis: when an alert is raised and cleared. A pure state machine, one step per value.
//
//               value > high            hold passed, value > high throughout
//      quiet ------------------> pending ----------------------------------> raised
//        ^ <-----------------------'                                            |
//        |        value <= high                                                 |
//        '----------------------------------------------------------------------'
//                                   value <= low
//
// What      A value that wanders between `low` and `high` changes nothing, and one that touches `high` for
//           less than `hold` raises nothing: a flapping input gives few events.
// Threads   Values and pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace weft::hostmon {

/// `high` and `low` in the unit of the values. REQUIRES: low <= high, hold >= 0.
struct Thresholds {
  double high = 0;
  double low = 0;
  Duration hold{};  ///< How long values must stay above `high`; 0 raises at the first.
};

struct AlertState {
  enum class Phase : std::uint8_t { quiet, pending, raised };
  Phase phase = Phase::quiet;
  Time since;  ///< When the phase began; without meaning while quiet.
  friend bool operator==(const AlertState&, const AlertState&) = default;
};

struct AlertStep {
  enum class Event : std::uint8_t { none, raised, cleared };
  AlertState state;
  Event event = Event::none;
  Duration lasted{};  ///< Raised: how long above `high`. Cleared: how long raised. Never negative.
};

/// The state after `value` was measured at `now`, and what happened. A value that is not a number changes
/// nothing. A clock that was set back restarts `hold`.
AlertStep step(const Thresholds& thresholds, const AlertState& state, double value, Time now) noexcept;

}  // namespace weft::hostmon
