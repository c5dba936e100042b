#include "hostmon/alert_book.hpp"

#include <fmt/core.h>

#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

using namespace std::chrono_literals;
namespace host = topics::host;

std::vector<Rule> disk_rules() {
  return {{"disk_busy", Measure::disk_busy, host::AlertSeverity::warning, {0.9, 0.6, 2s}},
          {"disk_saturated", Measure::disk_busy, host::AlertSeverity::critical, {0.99, 0.9, 0s}}};
}

// Feeds one measurement and tells the alerts: "+disk_busy/sda".
std::string feed(AlertBook& book, std::int64_t milliseconds, const std::string& subject, double value) {
  std::vector<host::Alert> alerts;
  book.observe({Measure::disk_busy, subject, value}, at(milliseconds), alerts);
  std::string out;
  for (const auto& alert : alerts) {
    const char change = alert.change == host::AlertChange::raised ? '+' : '-';
    out += fmt::format("{}{}{}/{}", out.empty() ? "" : " ", change, alert.rule, alert.subject);
  }
  return out;
}

}  // namespace

TEST_CASE("rules of one measure and subjects of one rule are independent of each other") {
  AlertBook book(disk_rules());
  CHECK(feed(book, 0, "sda", 1).find("+disk_saturated/sda") == 0);
  CHECK(feed(book, 0, "sdb", 0.95).empty());
  CHECK(feed(book, 2000, "sda", 0.95) == "+disk_busy/sda");
  CHECK(feed(book, 2000, "sdb", 0.5).empty());
  CHECK(book.raised() == 2);
  CHECK(feed(book, 3000, "sda", 0.7) == "-disk_saturated/sda");
  CHECK(feed(book, 4000, "sda", 0.1) == "-disk_busy/sda");
  CHECK(book.raised() == 0);
}

TEST_CASE("an alert says in its fields and in one line what happened") {
  AlertBook book(disk_rules());
  std::vector<host::Alert> alerts;
  book.observe({Measure::disk_busy, "sda", 0.95}, at(0), alerts);
  book.observe({Measure::disk_busy, "sda", 0.955}, at(2500), alerts);
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].stamp == at(2500).wall);
  CHECK(alerts[0].severity == host::AlertSeverity::warning);
  CHECK(alerts[0].value == 0.955);
  CHECK(alerts[0].threshold == 0.9);
  CHECK(alerts[0].lasted == 2500ms);
  CHECK(alerts[0].text == "disk_busy on sda: 95.5 %, above 90.0 % for 2.5 s");
  book.observe({Measure::disk_busy, "sda", 0.25}, at(4000), alerts);
  REQUIRE(alerts.size() == 2);
  CHECK(alerts[1].threshold == 0.6);
  CHECK(alerts[1].lasted == 1500ms);
  CHECK(alerts[1].text == "disk_busy on sda: 25.0 %, not above 60.0 %, was raised for 1.5 s");
}

TEST_CASE("a subject that falls silent has its alert cleared once") {
  AlertBook book(disk_rules(), 10s);
  feed(book, 0, "sda", 1);
  feed(book, 2000, "sda", 1);
  REQUIRE(book.raised() == 2);
  std::vector<host::Alert> alerts;
  book.sweep(at(12'000), alerts);
  CHECK(alerts.empty());
  book.sweep(at(12'001), alerts);
  REQUIRE(alerts.size() == 2);
  CHECK(alerts[0].change == host::AlertChange::cleared);
  CHECK(alerts[0].text == "disk_busy on sda: cleared, no measurement for 10.0 s");
  book.sweep(at(20'000), alerts);
  CHECK(alerts.size() == 2);
}

TEST_CASE("values on both sides of a silence do not add up to a hold time") {
  AlertBook book({disk_rules()[0]}, 10s);
  CHECK(feed(book, 0, "sda", 1).empty());
  CHECK(feed(book, 60'000, "sda", 1).empty());
  CHECK(feed(book, 62'000, "sda", 1) == "+disk_busy/sda");
}

TEST_CASE("a silence that nobody swept is cleared by the next value") {
  AlertBook book({disk_rules()[1]}, 10s);
  CHECK(feed(book, 0, "sda", 1) == "+disk_saturated/sda");
  CHECK(feed(book, 60'000, "sda", 1) == "-disk_saturated/sda +disk_saturated/sda");
}

TEST_CASE("subjects beyond the limit are ignored, and silence makes room") {
  AlertBook book({disk_rules()[1]}, 10s);
  for (std::size_t i = 0; i < AlertBook::max_subjects; ++i)
    feed(book, 0, fmt::format("d{}", i), 0);
  CHECK(feed(book, 0, "late", 1).empty());
  CHECK(feed(book, 5000, "d7", 1) == "+disk_saturated/d7");
  std::vector<host::Alert> alerts;
  book.sweep(at(11'000), alerts);
  CHECK(feed(book, 11'000, "late", 1) == "+disk_saturated/late");
}

TEST_CASE("a subject's name is cut and made printable") {
  AlertBook book({disk_rules()[1]});
  CHECK(feed(book, 0, std::string(1000, 'x') + "\n", 1) == fmt::format("+disk_saturated/{:x>64}", ""));
}

TEST_CASE("the default rules are in range and have names of their own") {
  const auto rules = default_rules();
  for (const auto& rule : rules) {
    INFO(rule.name);
    CHECK(rule.thresholds.low <= rule.thresholds.high);
    CHECK(std::ranges::count(rules, rule.name, &Rule::name) == 1);
  }
}

TEST_CASE("a rule's thresholds are changed by text") {
  auto rules = default_rules();
  REQUIRE(change_rule(rules, "cpu_busy=0.5:0.25:1500ms"));
  const auto rule = std::ranges::find(rules, "cpu_busy", &Rule::name);
  CHECK(rule->thresholds.high == 0.5);
  CHECK(rule->thresholds.low == 0.25);
  CHECK(rule->thresholds.hold == 1500ms);
  REQUIRE(change_rule(rules, "cpu_busy=0.5:0.5:2min"));
  CHECK(rule->thresholds.hold == 2min);
}

TEST_CASE("a rule is switched off by text") {
  auto rules = default_rules();
  REQUIRE(change_rule(rules, "cpu_busy=off"));
  CHECK(std::ranges::find(rules, "cpu_busy", &Rule::name) == rules.end());
}

TEST_CASE("a rule that is out of form is an error that says what is expected, and changes nothing") {
  auto rules = default_rules();
  for (const auto* text :
       {"", "cpu_busy", "cpu_busy=", "nothing=1:0:1s", "cpu_busy=1", "cpu_busy=1:0", "cpu_busy=1:0:5",
        "cpu_busy=1:0:s", "cpu_busy=1:2:1s", "cpu_busy=x:0:1s", "cpu_busy=-1:0:1s", "cpu_busy=nan:0:1s",
        "cpu_busy=1:0:1s:2", "cpu_busy=1:0:1e9s"}) {
    INFO(text);
    const auto changed = change_rule(rules, text);
    REQUIRE_FALSE(changed);
    CHECK(changed.error().code == Errc::invalid_argument);
    CHECK(changed.error().message.find("write NAME=HIGH:LOW:HOLD") != std::string::npos);
  }
  CHECK(rules.size() == default_rules().size());
  CHECK(rules[0].thresholds.high == default_rules()[0].thresholds.high);
}

TEST_CASE("every host message gives its measurements") {
  std::vector<Measurement> out;
  measure(host::Cpu{.busy = 0.5}, out);
  measure(host::Memory{.used = 0.25, .swap_used = 0.125}, out);
  measure(host::Disks{.disks = {{.name = "sda", .busy = 0.75}}}, out);
  measure(host::Network{.interfaces = {{.name = "eth0",
                                        .received = {.errors = 1, .drops = 2},
                                        .sent = {.errors = 10, .drops = 20}}}},
          out);
  measure(host::Pressure{}, out);
  REQUIRE(out.size() == 9);
  CHECK(out[0].value == 0.5);
  CHECK(out[3].subject == "sda");
  CHECK(out[4].value == 11);
  CHECK(out[5].value == 22);
}

}  // namespace weft::hostmon
