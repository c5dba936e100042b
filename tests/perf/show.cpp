#include "report/show.hpp"

#include <catch2/catch.hpp>

#include "sample.hpp"

using namespace weft::perf;
namespace app = weft::app;
using Catch::Matchers::Contains;

namespace {

const app::Terminal piped{};
const app::Terminal wide{true, true, 300};

std::size_t widest_line(const std::string& text) {
  std::size_t most = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    most = std::max(most, app::columns(text.substr(at, end - at)));
    at = end + 1;
  }
  return most;
}

Report two_sizes() {
  return sample::report({sample::cell({{"verb", "latency"}, {"peer", "weft"}, {"bytes", 64}},
                                      {sample::metric("p50", "ns", {12'000}),
                                       sample::metric("p99", "ns", {20'000, 22'000, 21'000})}),
                         sample::cell({{"verb", "latency"}, {"peer", "weft"}, {"bytes", 65'536}},
                                      {sample::metric("p50", "ns", {112'000}),
                                       sample::metric("p99", "ns", {1.2e6, 1.2e6, 1.2e6})})});
}

}  // namespace

TEST_CASE(
    "settings that are the same stand above the table, the others in it, with medians and their intervals") {
  CHECK(tables_of(two_sizes(), piped) ==
        "weft-perf latency\n"
        "cpu Some Processor, cores 2, load 0.5\n"
        "\n"
        "latency  weft\n"
        " bytes      p50          p99\n"
        "  64 B  12.0 µs  21.0 µs ±5%\n"
        "64 KiB   112 µs  1.20 ms    \n"
        "± spans all rounds: they are fewer than six.\n");
}

TEST_CASE("each verb has a table of its own") {
  const auto text = tables_of(sample::report({sample::cell({{"verb", "rpc"}, {"bytes", 1}}),
                                              sample::cell({{"verb", "codec"}, {"bytes", 1}}),
                                              sample::cell({{"verb", "rpc"}, {"bytes", 2}})}),
                              piped);
  CHECK_THAT(text, Contains("\nrpc\nbytes\n  1 B\n  2 B\n\ncodec  1 B\n"));
}

TEST_CASE("cells of other settings have a table of their own") {
  const auto text = tables_of(sample::report({sample::cell({{"verb", "latency"}, {"loop", "closed"}}),
                                              sample::cell({{"verb", "latency"}, {"rate", 1000}}),
                                              sample::cell({{"verb", "latency"}, {"rate", 0}})}),
                              piped);
  CHECK_THAT(text, Contains("\nlatency  loop closed\n\nlatency\n rate\n1 k/s\n full\n"));
}

TEST_CASE("what does not add up, was skipped or cut short is said") {
  auto report = two_sizes();
  report.cells[1].faults = {"3 messages are missing"};
  report.skipped = {"grpc: it is not installed"};
  report.complete = false;
  const auto text = tables_of(report, wide);
  CHECK_THAT(text, Contains("\x1b[31mFAULT 64 KiB: 3 messages are missing\x1b[0m\n"));
  CHECK_THAT(text, Contains("skipped: grpc: it is not installed"));
  CHECK_THAT(text, Contains("ended before its end"));
}

TEST_CASE("text of a report cannot give orders to a terminal") {
  auto report = two_sizes();
  report.command = report.environment["cpu"] = "\x1b[2Jx\n";
  report.cells[0].key["peer\x1b"] = "\x1b[2J";
  report.cells[0].metrics[0].name = "p\x1b[2J";
  report.cells[0].metrics[0].unit = "\x1b[2J";
  report.cells[0].faults = report.skipped = {"\x1b[2J"};
  CHECK(tables_of(report, piped).find('\x1b') == std::string::npos);
}

TEST_CASE("no line is wider than 100 columns, nor than the terminal, whatever there is to show") {
  const std::string lengthy(150, 'x');
  std::vector<Cell> cells;
  for (const double value : {0.0, 1e300, 12.5}) {
    auto cell =
        sample::cell({{"verb", "fanout"}, {lengthy, value}, {"peer", lengthy + std::to_string(value)}});
    for (int i = 0; i < 60; ++i)
      cell.key["setting " + std::to_string(i)] = value + i;
    for (int i = 0; i < 25; ++i)
      cell.metrics.push_back(
          sample::metric("metric " + std::to_string(i), "switches", {value, 2 * value, i * 1e9}));
    cell.metrics.push_back(sample::metric(lengthy, lengthy, {1, 2}));
    cell.faults = {lengthy, "many words " + lengthy};
    cells.push_back(std::move(cell));
  }
  auto report = sample::report(std::move(cells));
  report.command += " " + lengthy;
  report.environment["cpu"] = lengthy;
  report.skipped = {lengthy};
  CHECK(widest_line(tables_of(report, piped)) <= 100);
  CHECK(widest_line(tables_of(report, wide)) <= 100);
  for (const std::size_t width : {40, 60, 80})
    CHECK(widest_line(tables_of(report, {true, false, width})) <= width);
}

TEST_CASE("metrics that do not fit beside each other come in further tables, each with the settings") {
  auto report = two_sizes();
  for (auto& cell : report.cells) {
    for (int i = 0; i < 12; ++i)
      cell.metrics.push_back(sample::metric("metric " + std::to_string(i), "ns", {1e5, 2e5}));
  }
  const auto text = tables_of(report, piped);
  CHECK_THAT(text, Contains("metric 0") && Contains("metric 11"));
  CHECK_THAT(text, Contains("\n\n bytes "));
}

TEST_CASE("a report without cells, and cells without metrics, are shown") {
  CHECK_THAT(tables_of(sample::report({}), piped), Contains("weft-perf latency\n"));
  CHECK_THAT(tables_of(sample::report({sample::cell({{"verb", "codec"}})}), piped), Contains("\ncodec\n"));
}
