#include "verbs/roads.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kit/cores.hpp"
#include "stage/mark.hpp"

namespace weft::perf {

namespace {

/// The roads of these transports; of all, if there are none.
Result<std::vector<Road>> only(const std::vector<std::string>& transports, std::vector<Road> roads,
                               Report& report) {
  std::vector<std::string> known;
  for (const auto& road : roads)
    known.push_back(fmt::format("{} {}", road.middleware.name, road.transport));
  for (const auto& transport : transports) {
    if (std::ranges::count(roads, transport, &Road::transport) == 0)
      report.skipped.push_back(
          fmt::format("nobody has a transport \"{}\"; there are: {}", transport, fmt::join(known, ", ")));
  }
  if (!transports.empty())
    std::erase_if(roads,
                  [&](const Road& road) { return std::ranges::count(transports, road.transport) == 0; });
  if (roads.empty()) return Error{Errc::invalid_argument, report.skipped.back()};
  return roads;
}

}  // namespace

Result<std::vector<nlohmann::json>> perform(const Road& road, std::vector<Task> tasks, const Options& options,
                                            app::Interrupt& interrupt) {
  WEFT_TRY(const auto pins, pins_of(cores_of(options.cores)));
  for (auto& task : tasks)
    task.processor = (is_driver(task.role) ? pins.first : pins.second).value_or(-1);
  return perform(road.middleware, tasks, interrupt);
}

std::vector<std::uint64_t> carried(const Road& road, Pair pair, const std::vector<std::uint64_t>& sizes,
                                   Report& report) {
  const auto& peer = road.middleware;
  const auto skip = [&](const std::string& line) {
    if (std::ranges::count(report.skipped, line) == 0) report.skipped.push_back(line);
  };
  if (!peer.pairs.contains(pair)) {
    skip(fmt::format("{} has no {}s", peer.name, nlohmann::json(pair).get<std::string>()));
    return {};
  }
  auto fit = sizes;
  std::erase_if(fit, [&](std::uint64_t bytes) { return sizeof(Mark) + bytes > peer.most_bytes; });
  if (fit != sizes) skip(fmt::format("{} carries {} bytes at most here", peer.name, peer.most_bytes));
  return fit;
}

Result<std::vector<Road>> roads_of(const Options& options, app::Interrupt& interrupt, Report& report) {
  std::vector<Road> roads;
  for (const auto& peer : options.peers) {
    auto middleware = find_middleware(peer, interrupt);
    if (!middleware) {
      if (options.peers.size() == 1 || interrupt.requested()) return std::move(middleware).error();
      report.skipped.push_back(middleware.error().message);
      continue;
    }
    report.environment[middleware->name] = middleware->version;
    for (const auto& transport : middleware->transports)
      roads.push_back({*middleware, transport.name});
  }
  if (roads.empty())
    return Error{Errc::not_found, fmt::format("no peer is here: {}", fmt::join(report.skipped, "; "))};
  return only(split(options.transports), std::move(roads), report);
}

Result<void> add_settings(const Plan& plan, const std::vector<Road>& roads, std::vector<Setting>& settings,
                          Report& report) {
  for (const auto& road : roads) {
    WEFT_TRY(auto some, plan(road, report));
    for (auto& setting : some) {
      if (std::ranges::count(settings, setting.key, &Setting::key) == 0)
        settings.push_back(std::move(setting));
    }
  }
  return {};
}

Result<int> measure_roads(const Plan& plan, const Options& options, World& world) {
  WEFT_TRY(auto report, begin_report(options, world));
  WEFT_TRY(const auto roads, roads_of(options, world.interrupt, report));
  std::vector<Setting> settings;
  WEFT_CHECK(add_settings(plan, roads, settings, report));
  return measure_and_give(report, settings, options, world);
}

}  // namespace weft::perf
