// weft-perf compare: the same work by weft and by others, one after the other in each round, and a control.
//
// Method     A ratio is of two runs of one round: weft's to another's. The control is another's to itself, measured twice in
//            each round as all are: what a ratio of the same to the same looks like here. A target is judged by both
//            (kit/statistics.hpp).
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
  double target = 0;  // of another's rate; 0: none
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

bool is_there(const Report& report, std::string_view peer, const std::string& transport) {
  return std::ranges::any_of(report.cells, [&](const Cell& cell) {
    return cell.setting("peer") == peer && cell.setting("transport") == transport;
  });
}

/// Whether both did the same, but for the peer: also where the other does not acknowledge, since it cannot, and where neither
/// has the other's transport.
bool are_alike(const Cell& one, const Cell& other, const Report& report) {
  auto key = one.key;
  key["peer"] = other.key["peer"];
  if (!is_there(report, other.setting("peer"), one.setting("transport")) &&
      !is_there(report, one.setting("peer"), other.setting("transport")))
    key["transport"] = other.key["transport"];
  const bool same = std::ranges::count(report.cells, key, &Cell::key) != 0;
  if (!same && key.contains("acknowledged")) key["acknowledged"] = "no";
  return key == other.key;
}

/// "zmq"; "iceoryx shm", where that is not the transport of `one`.
std::string name_of(const Cell& other, const Cell& one) {
  const auto transport = other.setting("transport");
  return transport == one.setting("transport") ? other.setting("peer")
                                               : fmt::format("{} {}", other.setting("peer"), transport);
}

/// `one` to `other`, round by round; without what was 0 in one.
Cell ratio_of(const Cell& one, const Cell& other) {
  Cell ratio;
  ratio.key = one.key;
  ratio.key["verb"] = "compare";
  ratio.key["what"] = one.key["verb"];
  ratio.key["to"] = name_of(other, one);
  for (const auto& metric : one.metrics) {
    const auto* its = other.find(metric.name);
    if (!is_compared(metric) || its == nullptr || std::ranges::count(its->values, 0) != 0) continue;
    Metric ratios{metric.name, "ratio", metric.better, {}};
    const auto rounds =
        std::min(metric.values.size(), its->values.size());  // the last may have been broken off
    for (std::size_t i = 0; i < rounds; ++i)
      ratios.values.push_back(metric.values[i] / its->values[i]);
    ratio.metrics.push_back(std::move(ratios));
  }
  return ratio;
}

/// The other measured once more; nullptr: it was not.
const Cell* again_of(const Cell& other, const Report& report) {
  auto key = other.key;
  key["peer"] = other.setting("peer") + std::string(again);
  const auto found = std::ranges::find(report.cells, key, &Cell::key);
  return found == report.cells.end() ? nullptr : &*found;
}

/// A rate that is surely below the target is a fault.
void judge_by(double target, const Cell& control, Cell& ratio) {
  for (const auto& metric : ratio.metrics) {
    const auto* same = control.find(metric.name);
    if (metric.better != Better::more || same == nullptr) continue;
    const auto estimate = metric.estimate();
    const auto verdict = judge(estimate, same->estimate(), target);
    ratio.details["target"][metric.name] =
        fmt::format("{} of {}: {}", target, ratio.setting("to"), name_of(verdict));
    if (verdict != Verdict::fail) continue;
    ratio.faults.push_back(fmt::format("{}: {:.2f} of {}'s ({:.2f} to {:.2f}); {} is the target", metric.name,
                                       estimate.median, ratio.setting("to"), estimate.low, estimate.high,
                                       target));
  }
}

/// Adds weft's ratios to all others, and the control's; how many of them were judged by the target, if there is one.
std::size_t add_ratios(double target, Report& report) {
  std::size_t judged = 0;
  std::vector<Cell> ratios;
  for (const auto& one : report.cells) {
    const auto name = one.setting("peer");
    for (const auto& other : report.cells) {
      const auto to = other.setting("peer");
      const bool is_wefts = name == "weft" && to != "weft" && !to.ends_with(again);
      const bool is_control = name == to + std::string(again);
      if (!(is_wefts || is_control) || !are_alike(one, other, report)) continue;
      ratios.push_back(ratio_of(one, other));
      if (const auto* control = again_of(other, report); target != 0 && is_wefts && control != nullptr)
        judge_by(target, ratio_of(*control, other), ratios.back());
      if (ratios.back().details.contains("target")) ++judged;
    }
  }
  std::erase_if(ratios, [](const Cell& cell) { return cell.metrics.empty(); });
  std::ranges::move(ratios, std::back_inserter(report.cells));
  return judged;
}

Result<int> compare(const Compare& asked, World& world) {
  const auto& options = asked.options;
  if (asked.target != 0 && options.rounds_in_all() < 6)
    return Error{Errc::invalid_argument, "--target needs six rounds at least, to be sure of anything"};
  WEFT_TRY(auto report, begin_report(options, world));
  WEFT_TRY(auto roads, roads_of(options, world.interrupt, report));
  if (options.transports.empty())
    std::erase_if(roads,
                  [](const Road& road) { return !road.middleware.transport(road.transport)->crosses; });
  if (std::ranges::none_of(roads, [](const Road& road) { return road.middleware.name == "weft"; }))
    return Error{Errc::invalid_argument,
                 "weft must be one of the peers (-p weft), and have such a transport"};
  const auto other =
      std::ranges::find_if(roads, [](const Road& road) { return road.middleware.name != "weft"; });
  if (other == roads.end())
    return Error{Errc::invalid_argument, "somebody else must be one of the peers, too (-p weft -p zmq)"};
  const auto twice = other->middleware.name;
  for (const auto& road : std::vector<Road>(roads)) {
    if (road.middleware.name != twice) continue;
    roads.push_back(road);
    roads.back().middleware.name += again;
  }
  std::vector<Setting> settings;
  for (const auto& what : asked.what) {
    WEFT_TRY(const auto plan, plan_for(what, options, world));
    WEFT_CHECK(add_settings(plan, roads, settings, report));
  }
  measure(settings, options.rounds_in_all(), world.interrupt, report);
  const auto judged = add_ratios(asked.target, report);
  if (asked.target != 0 && judged == 0 && report.complete)
    return Error{Errc::invalid_argument, "--target judges rates, of which there are none here"};
  return give(report, options, world);
}

}  // namespace

void add_compare(app::Command& program, Verb& verb) {
  auto asked = std::make_shared<Compare>();
  asked->options.peers = {"weft", "zmq", "iceoryx", "grpc"};
  auto command = program.verb("compare", "The same work by weft and by others, interleaved, and a control");
  command.option("what", asked->what, "latency, throughput, fanout, rpc, pipeline (else all of them)")
      .one_of({"latency", "throughput", "fanout", "rpc", "pipeline"});
  command
      .option("--target", asked->target,
              "Judge weft's rates by this part of the first other's: pass, undecided, or a fault; takes six "
              "rounds")
      .range(0.0, 1000.0)
      .value("RATIO");
  declare(command, asked->options);
  command.footer(
      "weft must be one of the peers. Ratios of weft to the others are below 1 where weft's number is "
      "smaller. The first other "
      "peer is measured twice: its ratio to itself is the control.");
  command.on_given([asked, &verb] { verb = [asked](World& world) { return compare(*asked, world); }; });
}

}  // namespace weft::perf
