// weft-perf pipeline: items from a producer to workers, forgotten once they are given, or acknowledged.
#include <algorithm>
#include <iterator>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "kit/directory.hpp"
#include "verbs/fan.hpp"
#include "verbs/plans.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

template <class Number>
Number sum_of(const std::vector<json>& parts, const char* what) {
  const json::json_pointer place(what);
  return std::accumulate(parts.begin(), parts.end(), Number(0),
                         [&](Number sum, const json& part) { return sum + part.at(place).get<Number>(); });
}

/// What does not add up.
std::vector<std::string> faults_of(const json& producer, const std::vector<json>& workers) {
  std::vector<std::string> faults;
  const auto pushed = producer.at("measured").get<std::uint64_t>();
  if (const auto taken = sum_of<std::uint64_t>(workers, "/delivered"); taken != pushed)
    faults.push_back(fmt::format("{} items were pushed, {} came", pushed, taken));
  if (const auto twice = sum_of<std::uint64_t>(workers, "/writers/0/twice"); twice != 0)
    faults.push_back(fmt::format("{} items came twice", twice));
  if (const auto broken = sum_of<std::uint64_t>(workers, "/broken"); broken != 0)
    faults.push_back(fmt::format("{} items had other bytes than were pushed", broken));
  return faults;
}

Result<void> push_once(const Road& road, const Fan& fan, const Options& options, World& world, Sheet& sheet) {
  WEFT_TRY(const auto directory, Directory::create("weft-perf"));
  auto task = task_of(road, fan, options, directory.path());
  task.role = Role::push;
  task.others = fan.subscribers;
  std::vector<Task> tasks{task};
  task.role = Role::pull;
  for (task.number = 0; task.number < fan.subscribers; ++task.number) {
    task.channel.number = task.number;
    tasks.push_back(task);
  }
  WEFT_TRY(const auto results, perform(road, tasks, options, world.interrupt));
  const auto& producer = results.front();
  const std::vector<json> workers(results.begin() + 1, results.end());
  const auto pushed = producer.at("measured").get<double>();
  if (pushed == 0) return Error{Errc::unavailable, "nothing was measured"};
  const auto used =
      producer.at("usage").at("processor").get<double>() + sum_of<double>(workers, "/usage/processor");
  sheet.add("pushed", "items/s", Better::more, pushed / producer.at("seconds").get<double>());
  sheet.add("processor", "ns", Better::less, used * 1e9 / pushed);
  Histogram one_way;
  for (const auto& worker : workers) {
    WEFT_TRY(const auto its, Histogram::from_json(worker.at("one_way")));
    one_way.add(its);
  }
  sheet.add("", "one way", one_way);
  std::ranges::move(faults_of(producer, workers), std::back_inserter(sheet.cell.faults));
  return {};
}

Setting setting_of(const Road& road, const Fan& fan, const Options& options, World& world) {
  nlohmann::ordered_json key{{"verb", "pipeline"},
                             {"peer", road.middleware.name},
                             {"transport", road.transport},
                             {"bytes", fan.bytes},
                             {"workers", fan.subscribers},
                             {"acknowledged", fan.reliable ? "yes" : "no"},
                             {"waits", options.spins ? "spinning" : "sleeping"},
                             {"cores", options.cores}};
  return {std::move(key), [=, &world](Sheet& sheet) { return push_once(road, fan, options, world, sheet); }};
}

}  // namespace

Result<Plan> plan_of(const PipelineOptions& options, World& world) {
  WEFT_TRY(const auto sizes, sizes_of(or_else(options.sizes, "64,1K")));
  WEFT_TRY(const auto workers, counts_of("--workers", options.workers));
  return Plan([=, &world](const Road& road, Report& report) -> Result<std::vector<Setting>> {
    std::vector<Setting> settings;
    Fan fan{.verb = "pipeline"};
    for (const bool acknowledged : {false, true}) {
      if (acknowledged && !road.middleware.acknowledges) continue;
      for (const auto bytes : carried(road, Pair::queue, sizes, report)) {
        for (const auto n : workers) {
          fan.bytes = bytes;
          fan.subscribers = n;
          fan.reliable = acknowledged;
          settings.push_back(setting_of(road, fan, options, world));
        }
      }
    }
    return settings;
  });
}

void add_pipeline(app::Command& program, Verb& verb) {
  auto options = std::make_shared<PipelineOptions>();
  auto command = program.verb("pipeline", "Items a second from a producer to workers, acknowledged and not");
  declare(command, *options);
  command.option("--workers", options->workers, "How many, as 1,4").value("LIST").one_value_each();
  command.on_given(
      [options, &verb] { verb = [options](World& world) { return measure_as(*options, world); }; });
}

}  // namespace weft::perf
