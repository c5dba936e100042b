#include <algorithm>
#include <array>

#include "hostmon/alert_book.hpp"
#include "hostmon/scan.hpp"

namespace weft::hostmon {

namespace host = topics::host;

void measure(const host::Cpu& cpu, std::vector<Measurement>& out) {
  out.push_back({Measure::cpu_busy, "", cpu.busy});
}

void measure(const host::Memory& memory, std::vector<Measurement>& out) {
  out.push_back({Measure::memory_used, "", memory.used});
  out.push_back({Measure::swap_used, "", memory.swap_used});
}

void measure(const host::Disks& disks, std::vector<Measurement>& out) {
  for (const auto& disk : disks.disks)
    out.push_back({Measure::disk_busy, disk.name, disk.busy});
}

void measure(const host::Network& network, std::vector<Measurement>& out) {
  for (const auto& interface : network.interfaces) {
    const auto& [name, up, speed, received, sent] = interface;
    out.push_back({Measure::network_errors, name, received.errors + sent.errors});
    out.push_back({Measure::network_drops, name, received.drops + sent.drops});
  }
}

void measure(const host::Pressure& pressure, std::vector<Measurement>& out) {
  out.push_back({Measure::cpu_pressure, "", pressure.cpu.some.avg10});
  out.push_back({Measure::memory_pressure, "", pressure.memory.some.avg10});
  out.push_back({Measure::io_pressure, "", pressure.io.some.avg10});
}

std::vector<Rule> default_rules() {
  using namespace std::chrono_literals;
  using enum host::AlertSeverity;
  return {
      {"cpu_busy", Measure::cpu_busy, warning, {0.90, 0.70, 5s}},
      {"memory_low", Measure::memory_used, warning, {0.90, 0.85, 5s}},
      {"memory_exhausted", Measure::memory_used, critical, {0.97, 0.95, 2s}},
      {"swap_full", Measure::swap_used, warning, {0.80, 0.60, 10s}},
      {"disk_busy", Measure::disk_busy, warning, {0.90, 0.60, 10s}},
      {"network_errors", Measure::network_errors, warning, {1, 0, 0s}},
      {"network_drops", Measure::network_drops, info, {100, 10, 5s}},
      {"cpu_pressure", Measure::cpu_pressure, info, {0.50, 0.20, 5s}},
      {"memory_pressure", Measure::memory_pressure, critical, {0.20, 0.05, 5s}},
      {"io_pressure", Measure::io_pressure, warning, {0.40, 0.10, 5s}},
  };
}

namespace {

Error bad_rule(std::string_view text, std::string_view why) {
  return {Errc::invalid_argument,
          fmt::format("rule \"{}\": {}; write NAME=HIGH:LOW:HOLD as in cpu_busy=0.9:0.7:5s, or NAME=off",
                      printable(text, 80), why)};
}

Result<Duration> to_hold(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    double seconds;
  };
  constexpr std::array units{Unit{"ms", 1e-3}, Unit{"min", 60}, Unit{"s", 1}};
  constexpr double longest = 1e6;  // Of any unit; eleven days and more.
  const auto* unit = std::ranges::find_if(units, [&](const Unit& u) { return text.ends_with(u.suffix); });
  if (unit == units.end()) return malformed("hold", "has no unit (ms, s, min)");
  text.remove_suffix(unit->suffix.size());
  WEFT_TRY(const auto amount, to_fraction(text, "hold", longest));
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(amount * unit->seconds));
}

Result<Thresholds> to_thresholds(std::string_view text) {
  constexpr double most = 1e18;
  const auto [high, rest] = split_at(text, ':');
  const auto [low, hold] = split_at(rest, ':');
  Thresholds out;
  WEFT_TRY(out.high, to_fraction(high, "high", most));
  WEFT_TRY(out.low, to_fraction(low, "low", most));
  WEFT_TRY(out.hold, to_hold(hold));
  if (out.low > out.high) return malformed("low", "is above high");
  return out;
}

}  // namespace

Result<void> change_rule(std::vector<Rule>& rules, std::string_view text) {
  const auto [name, value] = split_at(text, '=');
  const auto rule = std::ranges::find(rules, name, &Rule::name);
  if (rule == rules.end()) {
    std::string names;
    for (const auto& known : rules)
      names += (names.empty() ? "" : ", ") + known.name;
    return bad_rule(text, fmt::format("there is no such rule among {}", names));
  }
  if (value == "off") {
    rules.erase(rule);
    return {};
  }
  const auto thresholds = to_thresholds(value);
  if (!thresholds) return bad_rule(text, thresholds.error().message);
  rule->thresholds = *thresholds;
  return {};
}

}  // namespace weft::hostmon
