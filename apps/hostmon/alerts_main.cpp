// weft-alerts: derives alerts with hysteresis from what weft-hostmon publishes, and publishes them.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/command.hpp"
#include "common/deadline.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/world.hpp"
#include "hostmon/alert_watch.hpp"

namespace weft::hostmon {

namespace {

constexpr const char* program = "weft-alerts";

struct Options {
  std::string connect;
  std::vector<std::string> bind;
  std::vector<std::string> rules;
  double silence = 10;
  double seconds = 0;
  double timeout = 0;
  bool print = false;
  bool list = false;
};

constexpr const char* help_footer =
    R"(A rule raises its alert when a value stays above HIGH for HOLD, and clears it when the value is at or below LOW.

Examples:
  weft-alerts                                           watches this host's weft-hostmon
  weft-alerts --print --rule cpu_busy=0.5:0.3:2s        alerts also as lines, with a lower threshold
  weft-alerts --rule network_drops=off --connect tcp://192.0.2.7:7700 --bind tcp://*:7800
  weft topic echo host/alerts --reliable

Exit codes: 0 done (also after Ctrl-C), 1 failed, 2 usage, 3 timed out.)";

void declare(app::Command& app, Options& options) {
  app.option("-c,--connect", options.connect,
             "The endpoint that weft-hostmon was given, where it is not found by itself")
      .value("ENDPOINT");
  app.option("-b,--bind", options.bind, "Publish host/alerts here, too; may be repeated").value("ENDPOINT");
  app.option("--rule", options.rules,
             "Change a rule's thresholds (NAME=HIGH:LOW:HOLD), or switch it off (NAME=off); may be repeated")
      .value("RULE");
  app.flag("--rules", options.list, "List the rules and stop");
  app.option("--silence", options.silence, "Clear alerts of what was not measured for this long")
      .range(0.1, 1e6)
      .value("SECONDS")
      .show_default();
  app.flag("-p,--print", options.print, "Print each alert on a line");
  app.option("-d,--duration", options.seconds, "Stop after this many seconds (0: go on)")
      .range(0.0, 1e9)
      .value("SECONDS");
  app.option("-t,--timeout", options.timeout, "Fail unless a measurement comes within this (0: wait)")
      .range(0.0, 1e9)
      .value("SECONDS");
  app.footer(help_footer);
}

Duration in_seconds(double amount) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(amount));
}

Result<std::vector<Rule>> rules_of(const Options& options) {
  auto rules = default_rules();
  for (const auto& change : options.rules)
    WEFT_CHECK(change_rule(rules, change));
  return rules;
}

Result<void> print_rules(const std::vector<Rule>& rules) {
  auto out = fmt::format("{:<18} {:>8} {:>8} {:>8}\n", "rule", "high", "low", "hold");
  for (const auto& [name, measure, severity, thresholds] : rules) {
    const auto hold = std::chrono::duration<double>(thresholds.hold).count();
    out += fmt::format("{:<18} {:>8} {:>8} {:>7}s\n", name, thresholds.high, thresholds.low, hold);
  }
  return app::print(out);
}

Result<void> print_alert(const topics::host::Alert& alert) {
  const bool raised = alert.change == topics::host::AlertChange::raised;
  return app::print(fmt::format("{} {} {}\n", raised ? "raised " : "cleared", enumerator_name(alert.severity),
                                shown(alert.text)));
}

// Waits for measurements and sweeps once a second, until interrupted, the time is over, or alerts cannot be printed.
Result<void> run(AlertWatch& watch, const Options& options, const Result<void>& printed,
                 app::Interrupt& interrupt) {
  const auto end = app::deadline_in(options.seconds);
  const auto first_by = app::deadline_in(options.timeout);
  auto next_sweep = now() + std::chrono::seconds(1);
  while (!end.has_passed(now())) {
    if (auto stepped = watch.step(); !stepped) app::fail(program, stepped.error());
    if (now() >= next_sweep) {
      if (auto swept = watch.sweep(); !swept) app::fail(program, swept.error());
      next_sweep = now() + std::chrono::seconds(1);
    }
    WEFT_CHECK(printed);
    if (!watch.has_measurements() && first_by.has_passed(now())) {
      return Error{Errc::timeout,
                   fmt::format("nothing was measured within {} s; does weft-hostmon run?", options.timeout)};
    }
    WEFT_TRY(const auto woken, interrupt.wait(watch.fd(), earlier(end, Deadline::at(next_sweep))));
    if (woken == app::Interrupt::Woken::interrupted) break;
  }
  return {};
}

Result<void> watch(const Options& options, app::Interrupt& interrupt, char** environment) {
  WEFT_TRY(auto rules, rules_of(options));
  if (options.list) return print_rules(rules);
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  WEFT_TRY(const auto node, Node::create({.name = "alerts", .context = std::move(context)}));
  Result<void> printed;
  const auto on_alert = [&](const topics::host::Alert& alert) {
    if (options.print && printed) printed = print_alert(alert);
  };
  AlertBook book(std::move(rules), in_seconds(options.silence));
  WEFT_TRY(auto watched, AlertWatch::create(node, std::move(book), on_alert));
  app::say(program, fmt::format("publishing {}", topics::host::alerts.name()));
  for (const auto& endpoint : options.bind) {
    WEFT_TRY(const auto bound, watched.bind(endpoint));
    app::say(program, fmt::format("{} {}", topics::host::alerts.name(), bound));
  }
  if (!options.connect.empty()) WEFT_CHECK(watched.connect(options.connect));
  return run(watched, options, printed, interrupt);
}

int main(int argc, char** argv, char** environment) {
  Options options;
  app::Program app{program,
                   "weft-alerts: watches what weft-hostmon publishes and raises alerts, with hysteresis"};
  declare(app, options);
  app.add_man_pages(WEFT_VERSION);
  if (const auto code = app.parse(argc, argv)) return *code;
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail(program, interrupt.error());
  if (auto ended = watch(options, *interrupt, environment); !ended) return app::fail(program, ended.error());
  return app::done(program);
}

}  // namespace

}  // namespace weft::hostmon

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::hostmon::main(argc, argv, environment);
}
