#include "report/plots.hpp"

#include <catch2/catch.hpp>

#include "sample.hpp"

using namespace weft::perf;

namespace {

using Names = std::vector<std::string>;

Names names_of(const std::vector<Picture>& pictures) {
  Names out;
  for (const auto& picture : pictures)
    out.push_back(picture.name);
  return out;
}

Names series_of(const Chart& chart) {
  Names out;
  for (const auto& series : chart.series)
    out.push_back(series.name);
  return out;
}

}  // namespace

TEST_CASE("curves of cells that differ in who carried the messages share a picture") {
  std::vector<Cell> cells;
  for (const int bytes : {64, 1024}) {
    for (const auto* peer : {"weft", "raw"})
      cells.push_back(
          sample::cell({{"verb", "latency"}, {"peer", peer}, {"transport", "ipc"}, {"bytes", bytes}}, {},
                       {sample::curve("one way"), sample::curve("round trip")}));
  }
  const auto pictures = pictures_of(sample::report(std::move(cells)));
  CHECK(names_of(pictures) == Names{"latency-one-way-bytes-64", "latency-round-trip-bytes-64",
                                    "latency-one-way-bytes-1024", "latency-round-trip-bytes-1024"});
  CHECK(series_of(pictures[0].chart) == Names{"weft", "raw"});
  CHECK(pictures[0].chart.title == "latency: one way");
  CHECK(pictures[0].chart.subtitle == "ipc, 64 B");
  CHECK(pictures[0].chart.footer == "Some Processor, 2 cores");
}

TEST_CASE(
    "each cell's subscribers have a picture; of many, some are drawn, the first and the last by p99 among "
    "them") {
  auto cell = sample::cell({{"verb", "fanout"}, {"transport", "ipc"}, {"subscribers", 32}});
  for (int i = 0; i < 32; ++i)
    cell.curves.push_back(sample::curve("subscriber " + std::to_string(i), 1000 + 10 * (i ^ 5)));
  const auto pictures = pictures_of(sample::report({cell}));
  REQUIRE(names_of(pictures) == Names{"fanout-each-subscriber"});
  const auto drawn = series_of(pictures[0].chart);
  CHECK(drawn.size() == 12);
  CHECK(drawn.front() == "subscriber 5");
  CHECK(drawn.back() == "subscriber 26");
  CHECK(pictures[0].chart.subtitle == "ipc, subscribers 32; 12 of 32, from the lowest p99 to the highest");
}

TEST_CASE("rates and latencies are drawn over the message size, a line for each who carried them") {
  std::vector<Cell> cells;
  for (const int bytes : {1024, 64}) {
    for (const auto* transport : {"ipc", "tcp"})
      cells.push_back(
          sample::cell({{"verb", "throughput"}, {"transport", transport}, {"bytes", bytes}},
                       {sample::metric("delivered", "messages/s", {1e6 + bytes, 2e6, 3e6}),
                        sample::metric("p50", "ns", {1000}), sample::metric("dropped", "", {0})}));
  }
  const auto pictures = pictures_of(sample::report(std::move(cells)));
  REQUIRE(names_of(pictures) == Names{"throughput-delivered-over-bytes", "throughput-p50-over-bytes"});
  const auto& series = pictures[0].chart.series;
  CHECK(series_of(pictures[0].chart) == Names{"ipc", "tcp"});
  REQUIRE(series[0].points.size() == 2);
  CHECK(series[0].points[0].x == 64);
  CHECK(series[0].points[0].y == 2e6);
  CHECK(series[0].points[0].low == 1e6 + 64);
  CHECK(series[0].points[0].high == 3e6);
}

TEST_CASE("what subscribers got, and how late, is drawn over their number") {
  std::vector<Cell> cells;
  for (const int subscribers : {1, 2, 4})
    cells.push_back(
        sample::cell({{"verb", "fanout"}, {"subscribers", subscribers}},
                     {sample::metric("delivered", "messages/s", {1e6}), sample::metric("p99", "ns", {9e4}),
                      sample::metric("published", "messages/s", {1e6})}));
  const auto pictures = pictures_of(sample::report(std::move(cells)));
  CHECK(names_of(pictures) == Names{"fanout-delivered-over-subscribers", "fanout-p99-over-subscribers"});
  CHECK(pictures[0].chart.series[0].points.size() == 3);
}

TEST_CASE("names of files are of a-z, 0-9 and -, whatever settings are, and no two are the same") {
  std::vector<Cell> cells;
  for (const auto* peer : {"../../etc", "Ünï \"<&", "", "///"})
    cells.push_back(sample::cell({{"verb", peer}, {"what", peer}}, {},
                                 {sample::curve("A/B"), sample::curve(std::string(300, 'x'))}));
  cells.push_back(sample::cell({{"verb", "///"}, {"what", "..."}}, {}, {sample::curve("A/B")}));
  auto names = names_of(pictures_of(sample::report(std::move(cells))));
  REQUIRE(names.size() == 8);
  for (const auto& name : names) {
    CHECK(!name.empty());
    CHECK(name.size() <= 130);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
  }
  std::ranges::sort(names);
  CHECK(std::ranges::adjacent_find(names) == names.end());
}
