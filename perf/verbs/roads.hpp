// Roads: middleware and their transports, and what is measured of each.
//
// Threads   The main thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stage/crew.hpp"
#include "verbs/options.hpp"

namespace weft::perf {

/// One middleware on one of its transports.
struct Road {
  Middleware middleware;
  std::string transport;
};

/// Has the road's middleware perform the tasks (stage/crew.hpp), where the options say: drivers on one core, all others on the
/// other. Errors also: unsupported, there is one core only.
Result<std::vector<nlohmann::json>> perform(const Road& road, std::vector<Task> tasks, const Options& options,
                                            app::Interrupt& interrupt);

/// The settings of one road. What is left out is told in the report.
using Plan = std::function<Result<std::vector<Setting>>(const Road& road, Report& report)>;

/// Of these sizes those that the road carries from such an end to the other; what it does not is told in the report.
std::vector<std::uint64_t> carried(const Road& road, Pair pair, const std::vector<std::uint64_t>& sizes,
                                   Report& report);

/// Every road that was asked for; one of several peers that cannot be measured here is skipped with a line in the report, and
/// so is a transport that nobody has. Errors: invalid_argument, nobody has such a transport; not_found, no peer is here; why the
/// only peer cannot be measured.
Result<std::vector<Road>> roads_of(const Options& options, app::Interrupt& interrupt, Report& report);
/// None twice.
Result<void> add_settings(const Plan& plan, const std::vector<Road>& roads, std::vector<Setting>& settings,
                          Report& report);
/// The report of what `plan` makes of every road that was asked for. Answers the exit code.
Result<int> measure_roads(const Plan& plan, const Options& options, World& world);

}  // namespace weft::perf
