// Limits: what this machine can do at best, for whatever is to be compared with it. docs/perf.md says how to read them.
//
// What      A list of measurements, each of which is taken again in every round, one after the other, so that a noisy
//           moment hits all alike.
// Threads   The main thread, while there is no other: it forks (parties.hpp).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/interrupt.hpp"
#include "stage/measure.hpp"

namespace weft::perf::limits {

/// One taking of a measurement.
struct Round {
  const app::Interrupt& interrupt;
  Duration time;  ///< About so long.
};

struct Measurement {
  nlohmann::ordered_json key;
  /// Adds one value to each of the cell's metrics. Errors: cancelled on Ctrl-C, as run_together(); what does not add up is
  /// a fault of the cell.
  std::function<Result<void>(const Round& round, Cell& cell)> take;
};

/// What is to be measured, and how long each time.
class Plan final {
 public:
  /// `only` these, of all_limits(); empty: all.
  Plan(Round round, std::vector<std::string> only) : round_(round), only_(std::move(only)) {}

  [[nodiscard]] bool wants(std::string_view what) const;
  void add(Measurement measurement);
  /// What cannot be measured here, and why.
  void skip(std::string_view what, const Error& why);

  std::vector<Setting> settings;
  std::vector<std::string> skipped;

 private:
  Round round_;
  std::vector<std::string> only_;
};

/// Each adds its own measurements, those that this machine allows.
void add_hand_overs(Plan& plan);  ///< "one way", p50 and p99, half a round trip (trips.cpp).
void add_copies(Plan& plan);      ///< memcpy, and a reading of the clock (copies.cpp).
void add_ring(Plan& plan);        ///< Messages delivered, and processor time for each (broadcast.cpp).

/// What can be asked for by name.
std::vector<std::string> all_limits();

/// All of that, or `only` these.
Plan plan_of(Round round, std::vector<std::string> only);

}  // namespace weft::perf::limits
