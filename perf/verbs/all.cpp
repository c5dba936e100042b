// weft-perf all: the whole matrix of the other verbs, in one report.
#include <memory>

#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

template <class VerbOptions>
Result<void> add(const Options& options, World& world, const std::vector<Road>& roads,
                 std::vector<Setting>& settings, Report& report) {
  WEFT_TRY(const auto plan, plan_of(VerbOptions{options}, world));
  return add_settings(plan, roads, settings, report);
}

Result<int> all(const Options& options, World& world) {
  WEFT_TRY(auto report, begin_report(options, world));
  WEFT_TRY(const auto roads, roads_of(options, world.interrupt, report));
  auto settings = codec_settings(options);
  WEFT_CHECK(add<LatencyOptions>(options, world, roads, settings, report));
  WEFT_CHECK(add<ThroughputOptions>(options, world, roads, settings, report));
  WEFT_CHECK(add<FanoutOptions>(options, world, roads, settings, report));
  WEFT_CHECK(add<RpcOptions>(options, world, roads, settings, report));
  WEFT_CHECK(add<PipelineOptions>(options, world, roads, settings, report));
  return measure_and_give(report, settings, options, world);
}

}  // namespace

void add_all(app::Command& program, Verb& verb) {
  auto options = std::make_shared<Options>();
  auto command = program.verb("all", "The whole matrix: codec, latency, throughput, fanout, rpc, pipeline");
  declare(command, *options);
  command.footer("With --quick it takes about a minute.");
  command.on_given([options, &verb] { verb = [options](World& world) { return all(*options, world); }; });
}

}  // namespace weft::perf
