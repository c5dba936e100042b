// Rounds of settings, without any peer.
#include "stage/measure.hpp"

#include <cmath>
#include <csignal>
#include <limits>

#include <catch2/catch.hpp>
#include <unistd.h>

namespace weft::perf {

namespace {

/// Ctrl-C as a program has it, until the end of a test.
class ControlC final {
 public:
  ControlC() : interrupt(app::Interrupt::create().value()) {}
  ~ControlC() {
    interrupt.forget();
    interrupt.end_at_once();
  }
  static void press() { ::kill(::getpid(), SIGINT); }

  app::Interrupt interrupt;
};

Setting setting(int number, std::function<Result<void>(Sheet& sheet)> once) {
  return {{{"number", number}}, std::move(once)};
}

Setting adding(double value) {
  return setting(1, [=](Sheet& sheet) -> Result<void> {
    sheet.add("value", "", Better::less, value);
    return {};
  });
}

}  // namespace

TEST_CASE("each setting has a value of each round, and each is the first as often") {
  ControlC control;
  std::vector<int> order;
  std::vector<Setting> settings;
  for (int i = 0; i < 3; ++i) {
    settings.push_back(setting(i, [&order, i](Sheet& sheet) -> Result<void> {
      order.push_back(i);
      sheet.add("turn", "", Better::less, double(order.size()));
      return {};
    }));
  }
  Report report;
  measure(settings, 3, control.interrupt, report);
  CHECK(order == std::vector{0, 1, 2, 1, 2, 0, 2, 0, 1});
  CHECK(report.cells.size() == 3);
  CHECK(report.cells[1].find("turn")->values == std::vector<double>{2, 4, 9});
  CHECK((report.complete && report.sound()));
}

TEST_CASE("what cannot be counted is a fault, and no metric") {
  ControlC control;
  const double value =
      GENERATE(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -0.001);
  CAPTURE(value);
  Report report;
  measure({adding(value)}, 2, control.interrupt, report);
  CHECK(report.cells.at(0).metrics.empty());
  CHECK(report.cells.at(0).faults ==
        std::vector<std::string>{"value: nothing that can be counted was measured"});
}

TEST_CASE("a setting that fails is not measured again, and the others are") {
  ControlC control;
  int tries = 0;
  Report report;
  measure({setting(0,
                   [&](Sheet& /*sheet*/) -> Result<void> {
                     ++tries;
                     return Error{Errc::unavailable, "it is gone"};
                   }),
           adding(7)},
          4, control.interrupt, report);
  CHECK(tries == 1);
  CHECK(report.cells.at(0).faults == std::vector<std::string>{"it is gone"});
  CHECK(report.cells.at(1).find("value")->values.size() == 4);
  CHECK(report.complete);
}

TEST_CASE("what a peer says may lack what is looked for") {
  ControlC control;
  Report report;
  measure({setting(0,
                   [](Sheet& /*sheet*/) -> Result<void> {
                     static_cast<void>(nlohmann::json::object().at("result"));
                     return {};
                   })},
          1, control.interrupt, report);
  CHECK_THAT(report.cells.at(0).faults.at(0), Catch::StartsWith("a peer says what nobody understands"));
}

TEST_CASE("Ctrl-C ends it, what was measured until then is there, and it is no fault") {
  ControlC control;
  int tries = 0;
  Report report;
  measure({setting(0,
                   [&](Sheet& sheet) -> Result<void> {
                     if (++tries == 2) {
                       ControlC::press();
                       return Error{Errc::cancelled, "interrupted"};
                     }
                     sheet.add("value", "", Better::less, 1);
                     return {};
                   }),
           setting(1, [](Sheet& /*sheet*/) -> Result<void> { return {}; })},
          100, control.interrupt, report);
  CHECK(tries == 2);
  CHECK_FALSE(report.complete);
  CHECK_FALSE(control.interrupt.requested());
  REQUIRE(report.cells.size() == 1);  // of the other there is nothing
  CHECK(report.cells[0].find("value")->values == std::vector<double>{1});
  CHECK(report.cells[0].faults.empty());
}

TEST_CASE("percentiles are metrics of each round; p99.99 is of all together, from a million values on") {
  ControlC control;
  const std::uint64_t values = GENERATE(499'999, 500'000);
  Report report;
  measure({setting(0,
                   [&](Sheet& sheet) -> Result<void> {
                     Histogram round;
                     round.record(50, values);
                     sheet.add("", "one way", round);
                     return {};
                   })},
          2, control.interrupt, report);
  const auto& cell = report.cells.at(0);
  CHECK(cell.find("p99.9")->values == std::vector<double>{50, 50});
  CHECK((cell.find("one way p99.99") != nullptr) == (values == 500'000));
  CHECK(cell.curves.at(0).points.back() == std::pair<double, double>(1, 50));
}

TEST_CASE("a round of nothing has no percentiles") {
  Sheet sheet;
  sheet.add("", "one way", Histogram());
  CHECK(sheet.cell.metrics.empty());
  CHECK(sheet.histograms.empty());
}

}  // namespace weft::perf
