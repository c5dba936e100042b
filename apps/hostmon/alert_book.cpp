#include "hostmon/alert_book.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "hostmon/counters.hpp"
#include "hostmon/scan.hpp"

namespace weft::hostmon {

namespace host = topics::host;

namespace {

using Phase = AlertState::Phase;

// Longer than any name of the kernel's; the rest of one from elsewhere is cut.
constexpr std::size_t max_subject_size = 64;

bool is_share(Measure measure) {
  return measure != Measure::network_errors && measure != Measure::network_drops;
}

std::string in_unit(Measure measure, double value) {
  return is_share(measure) ? fmt::format("{:.1f} %", value * 100) : fmt::format("{:.1f}/s", value);
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string title(const host::Alert& alert) {
  return alert.subject.empty() ? alert.rule : fmt::format("{} on {}", alert.rule, alert.subject);
}

host::Alert alert_of(const Rule& rule, const std::string& subject, double value, Time stamp) {
  return {.stamp = stamp, .rule = rule.name, .subject = subject, .severity = rule.severity, .value = value};
}

host::Alert raised_alert(const Rule& rule, const std::string& subject, double value, Time stamp,
                         Duration lasted) {
  auto alert = alert_of(rule, subject, value, stamp);
  alert.change = host::AlertChange::raised;
  alert.threshold = rule.thresholds.high;
  alert.lasted = lasted;
  alert.text = fmt::format("{}: {}, above {} for {:.1f} s", title(alert), in_unit(rule.measure, alert.value),
                           in_unit(rule.measure, alert.threshold), seconds(lasted));
  return alert;
}

host::Alert cleared_alert(const Rule& rule, const std::string& subject, double value, Time stamp,
                          Duration lasted) {
  auto alert = alert_of(rule, subject, value, stamp);
  alert.change = host::AlertChange::cleared;
  alert.threshold = rule.thresholds.low;
  alert.lasted = lasted;
  alert.text = fmt::format("{}: {}, not above {}, was raised for {:.1f} s", title(alert),
                           in_unit(rule.measure, alert.value), in_unit(rule.measure, alert.threshold),
                           seconds(lasted));
  return alert;
}

}  // namespace

AlertBook::AlertBook(std::vector<Rule> rules, Duration silence)
    : rules_(std::move(rules)), subjects_(rules_.size()), silence_(silence) {}

bool AlertBook::is_silent(const Tracked& tracked, Instant now) const noexcept {
  return now - tracked.seen > silence_;
}

AlertBook::Tracked* AlertBook::find_or_add(const Key& key) {
  if (const auto known = tracked_.find(key); known != tracked_.end()) return &known->second;
  if (subjects_[key.first] == max_subjects) return nullptr;
  ++subjects_[key.first];
  return &tracked_[key];
}

void AlertBook::observe(const Measurement& measurement, Moment at, std::vector<host::Alert>& out) {
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    if (rules_[rule].measure == measurement.measure) observe_rule(rule, measurement, at, out);
  }
}

void AlertBook::observe_rule(std::size_t index, const Measurement& measurement, Moment at,
                             std::vector<host::Alert>& out) {
  const Rule& rule = rules_[index];
  const Key key{index, printable(measurement.subject, max_subject_size)};
  Tracked* tracked = find_or_add(key);
  if (tracked == nullptr) return;
  const bool is_new = tracked->seen == Instant{};
  if (!is_new && is_silent(*tracked, at.instant)) {
    clear_silent(key, *tracked, at, out);
    tracked->state = {};
  }
  const auto next = step(rule.thresholds, tracked->state, measurement.value, at.wall);
  *tracked = {next.state, measurement.value, at.instant};
  switch (next.event) {
    case AlertStep::Event::none:
      break;
    case AlertStep::Event::raised:
      out.push_back(raised_alert(rule, key.second, measurement.value, at.wall, next.lasted));
      break;
    case AlertStep::Event::cleared:
      out.push_back(cleared_alert(rule, key.second, measurement.value, at.wall, next.lasted));
      break;
  }
}

void AlertBook::clear_silent(const Key& key, const Tracked& tracked, Moment now,
                             std::vector<host::Alert>& out) const {
  if (tracked.state.phase != Phase::raised) return;
  const auto& rule = rules_[key.first];
  auto alert = alert_of(rule, key.second, tracked.value, now.wall);
  alert.change = host::AlertChange::cleared;
  alert.threshold = rule.thresholds.low;
  alert.lasted = elapsed(tracked.state.since, now.wall);
  alert.text = fmt::format("{}: cleared, no measurement for {:.1f} s", title(alert),
                           seconds(now.instant - tracked.seen));
  out.push_back(std::move(alert));
}

void AlertBook::sweep(Moment now, std::vector<host::Alert>& out) {
  std::erase_if(tracked_, [&](const auto& entry) {
    const auto& [key, tracked] = entry;
    if (!is_silent(tracked, now.instant)) return false;
    clear_silent(key, tracked, now, out);
    --subjects_[key.first];
    return true;
  });
}

std::size_t AlertBook::raised() const noexcept {
  const auto is_raised = [](const auto& entry) { return entry.second.state.phase == Phase::raised; };
  return static_cast<std::size_t>(std::ranges::count_if(tracked_, is_raised));
}

}  // namespace weft::hostmon
