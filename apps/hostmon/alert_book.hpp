// AlertBook: all alerts of all rules, from measurements to Alert messages.
//
// What      A pure state machine `(book, measurement, now) -> alerts`: it reads no clock and sends nothing.
//           Each (rule, subject) has a hysteresis of its own. A subject that falls silent, such as a disk
//           that was unplugged, has its alert cleared after `silence`.
// Threads   One at a time.
// Caveats   At most `max_subjects` subjects are followed per rule; measurements of further ones are ignored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "hostmon/hysteresis.hpp"
#include "hostmon/meters.hpp"
#include "topics/host.hpp"

namespace weft::hostmon {

/// What can be watched, with its unit.
enum class Measure : std::uint8_t {
  cpu_busy,         ///< Share of all cores.
  memory_used,      ///< Share.
  swap_used,        ///< Share.
  disk_busy,        ///< Share of time, per disk.
  network_errors,   ///< Packets per second both ways, per interface.
  network_drops,    ///< Packets per second both ways, per interface.
  cpu_pressure,     ///< Share of the last 10 s that some task waited.
  memory_pressure,  ///< The same.
  io_pressure,      ///< The same.
};

struct Measurement {
  Measure measure{};
  std::string subject;  ///< The disk or interface; empty where there is only one.
  double value = 0;
};

/// What can be watched in a message, appended to `out`.
void measure(const topics::host::Cpu& cpu, std::vector<Measurement>& out);
void measure(const topics::host::Memory& memory, std::vector<Measurement>& out);
void measure(const topics::host::Disks& disks, std::vector<Measurement>& out);
void measure(const topics::host::Network& network, std::vector<Measurement>& out);
void measure(const topics::host::Pressure& pressure, std::vector<Measurement>& out);

struct Rule {
  std::string name;
  Measure measure{};
  topics::host::AlertSeverity severity{};
  Thresholds thresholds;
};

/// The rules that weft-alerts begins with.
std::vector<Rule> default_rules();

/// Applies "NAME=HIGH:LOW:HOLD" ("cpu_busy=0.9:0.7:5s", hold in ms, s or min) or "NAME=off" to `rules`.
/// Errors: invalid_argument, saying what is expected; `rules` is then unchanged.
Result<void> change_rule(std::vector<Rule>& rules, std::string_view text);

class AlertBook final {
 public:
  static constexpr std::size_t max_subjects = 1000;

  explicit AlertBook(std::vector<Rule> rules, Duration silence = std::chrono::seconds(10));

  /// Takes one measurement and appends the alerts that it raised or cleared to `out`. `at.wall` is the
  /// measurement's own stamp, by which hold times are reckoned, `at.instant` its arrival.
  void observe(const Measurement& measurement, Moment at, std::vector<topics::host::Alert>& out);

  /// Forgets the subjects that were silent for longer than `silence`; clears what they had raised. Call it
  /// now and then, so that silence is noticed.
  void sweep(Moment now, std::vector<topics::host::Alert>& out);

  /// How many alerts are raised.
  [[nodiscard]] std::size_t raised() const noexcept;

 private:
  struct Tracked {
    AlertState state;
    double value = 0;
    Instant seen;
  };
  using Key = std::pair<std::size_t, std::string>;  // Index of the rule, subject.

  Tracked* find_or_add(const Key& key);
  [[nodiscard]] bool is_silent(const Tracked& tracked, Instant now) const noexcept;
  void observe_rule(std::size_t rule, const Measurement& measurement, Moment at,
                    std::vector<topics::host::Alert>& out);
  void clear_silent(const Key& key, const Tracked& tracked, Moment now,
                    std::vector<topics::host::Alert>& out) const;

  std::vector<Rule> rules_;
  std::vector<std::size_t> subjects_;  // Tracked subjects per rule.
  Duration silence_;
  std::map<Key, Tracked> tracked_;
};

}  // namespace weft::hostmon
