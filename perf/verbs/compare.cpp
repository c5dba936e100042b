// weft-perf compare: the same work by weft and by others, one after the other in each round, and a control.
//
// Method     A ratio is of two runs of one round: weft's to another's. The control is another's to itself, measured twice in
//            each round as all are: what a ratio of the same to the same looks like here.
#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

constexpr std::string_view again = " again";

struct Compare {
  Options options;
  std::vector<std::string> what{"latency", "throughput", "fanout", "rpc", "pipeline"};
};

/// Little of each verb, unless sizes were given.
Result<Plan> plan_for(const std::string& what, const Options& options, World& world) {
  const auto of = [&](auto some, const char* sizes) {
    some.sizes = or_else(options.sizes, sizes);
    return plan_of(some, world);
  };
  if (what == "latency") return of(LatencyOptions{options, {}}, "64,1M");
  if (what == "throughput") return of(ThroughputOptions{options}, "64,1K,64K,1M");
  if (what == "fanout") return of(FanoutOptions{options, {"4"}, {"1"}, {0}}, "64,64K");
  if (what == "rpc") return of(RpcOptions{options}, "64");
  return of(PipelineOptions{options, {"1"}}, "64,1K");
}

/// The metrics that a reader wants to see as ratios.
bool is_compared(const Metric& metric) {
  constexpr std::array names{"published",      "delivered",           "calls",
                             "pushed",         "processor",           "round trip p50",
                             "round trip p99", "publisher processor", "subscriber processor"};
  return std::ranges::count(names, metric.name) != 0;
}

bool are_alike(const Cell& one, const Cell& other) {
  auto key = one.key;
  key["peer"] = other.key["peer"];
  return key == other.key;
}

/// `one` to `other`, round by round; without what failed in a round, or was 0.
Cell ratio_of(const Cell& one, const Cell& other) {
  Cell ratio;
  ratio.key = one.key;
  ratio.key["verb"] = "compare";
  ratio.key["what"] = one.key["verb"];
  ratio.key["to"] = other.key["peer"];
  for (const auto& metric : one.metrics) {
    const auto* its = other.find(metric.name);
    if (!is_compared(metric) || its == nullptr || its->values.size() != metric.values.size()) continue;
    if (std::ranges::count(its->values, 0) != 0) continue;
    Metric ratios{metric.name, "ratio", metric.better, {}};
    for (std::size_t i = 0; i < metric.values.size(); ++i)
      ratios.values.push_back(metric.values[i] / its->values[i]);
    ratio.metrics.push_back(std::move(ratios));
  }
  return ratio;
}

/// Adds weft's ratios to all others, and the control's.
void add_ratios(Report& report) {
  std::vector<Cell> ratios;
  for (const auto& one : report.cells) {
    const auto name = one.setting("peer");
    for (const auto& other : report.cells) {
      const auto to = other.setting("peer");
      const bool wanted =
          name == "weft" ? to != "weft" && !to.ends_with(again) : name == to + std::string(again);
      if (wanted && are_alike(one, other)) ratios.push_back(ratio_of(one, other));
    }
  }
  std::erase_if(ratios, [](const Cell& cell) { return cell.metrics.empty(); });
  std::ranges::move(ratios, std::back_inserter(report.cells));
}

Result<int> compare(const Compare& asked, World& world) {
  const auto& options = asked.options;
  WEFT_TRY(auto report, begin_report(options, world));
  WEFT_TRY(auto roads, roads_of(options, world.interrupt, report));
  if (options.transports.empty())
    std::erase_if(roads,
                  [](const Road& road) { return !road.middleware.transport(road.transport)->crosses; });
  if (std::ranges::none_of(roads, [](const Road& road) { return road.middleware.name == "weft"; }))
    return Error{Errc::invalid_argument,
                 "weft must be one of the peers (-p weft), and have such a transport"};
  for (const auto& road : std::vector<Road>(roads)) {
    if (road.middleware.name != "zmq") continue;
    roads.push_back(road);
    roads.back().middleware.name += again;
  }
  std::vector<Setting> settings;
  for (const auto& what : asked.what) {
    WEFT_TRY(const auto plan, plan_for(what, options, world));
    WEFT_CHECK(add_settings(plan, roads, settings, report));
  }
  measure(settings, options.rounds_in_all(), world.interrupt, report);
  add_ratios(report);
  return give(report, options, world);
}

}  // namespace

void add_compare(app::Command& program, Verb& verb) {
  auto asked = std::make_shared<Compare>();
  asked->options.peers = {"weft", "zmq", "iceoryx", "grpc"};
  auto command = program.verb("compare", "The same work by weft and by others, interleaved, and a control");
  command.option("what", asked->what, "latency, throughput, fanout, rpc, pipeline (else all of them)")
      .one_of({"latency", "throughput", "fanout", "rpc", "pipeline"});
  declare(command, asked->options);
  command.footer(
      "weft must be one of the peers. Ratios of weft to the others are below 1 where weft's number is "
      "smaller.");
  command.on_given([asked, &verb] { verb = [asked](World& world) { return compare(*asked, world); }; });
}

}  // namespace weft::perf
