// weft-perf codec: what encoding and decoding cost, of weft and of others.
#include <memory>

#include "codec/workloads.hpp"
#include "stage/mark.hpp"
#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

/// Nanoseconds for each time of one round.
double measure_one(const Workload& workload, double seconds) {
  const auto took_ns = [&](std::uint64_t times) {
    const auto start_ns = monotonic_ns();
    workload.work(times);
    return double(monotonic_ns() - start_ns);
  };
  std::uint64_t times = 1;
  auto ns = took_ns(times);
  while (ns < seconds * 1e9 / 2) {
    times *= 2;
    ns = took_ns(times);
  }
  return ns / double(times);
}

}  // namespace

std::vector<Setting> codec_settings(const Options& options) {
  std::vector<Setting> settings;
  for (const auto& workload : codec_workloads()) {
    nlohmann::ordered_json key{{"verb", "codec"},
                               {"message", workload.message},
                               {"library", workload.library},
                               {"operation", workload.operation},
                               {"bytes", workload.bytes}};
    settings.push_back(
        {std::move(key), [workload, seconds = options.measured() / 10](Sheet& sheet) -> Result<void> {
           sheet.add("time", "ns", Better::less, measure_one(workload, seconds));
           return {};
         }});
  }
  return settings;
}

namespace {

Result<int> codec(const Options& options, World& world) {
  WEFT_TRY(auto report, begin_report(options, world));
  return measure_and_give(report, codec_settings(options), options, world);
}

}  // namespace

void add_codec(app::Command& program, Verb& verb) {
  auto options = std::make_shared<Options>();
  auto command = program.verb("codec", "What encoding and decoding cost, of weft and of others");
  declare_rounds(command, *options);
  command.on_given([options, &verb] { verb = [options](World& world) { return codec(*options, world); }; });
}

}  // namespace weft::perf
