// What the measuring verbs share: whom, how, how long, and what to do with the report.
//
// Threads   The main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/command.hpp"
#include "stage/crew.hpp"
#include "stage/measure.hpp"
#include "verbs/verbs.hpp"

namespace weft::perf {

struct Options {
  std::vector<std::string> peers{"weft"};
  std::vector<std::string> transports;  ///< Empty: all that the peer has.
  std::vector<std::string> sizes;       ///< As they were given: "64", "1K", "16M".
  int rounds = 5;
  double seconds = 1;
  double patience = 10;  ///< Seconds; as a Task's.
  bool quick = false;
  bool spins = false;
  std::string cores = "free";
  bool json = false;
  bool csv = false;
  std::string out;    ///< A file for the JSON; empty: none.
  std::string plots;  ///< A folder; empty: none.

  [[nodiscard]] double measured() const noexcept { return quick ? 0.2 : seconds; }
  [[nodiscard]] int rounds_in_all() const noexcept { return quick ? 1 : rounds; }
  [[nodiscard]] double warm_up() const noexcept { return measured() / 5; }
};

/// Whom and how to measure, and all of declare_rounds().
void declare(app::Command& verb, Options& options);
/// How long, and what to do with the report.
void declare_rounds(app::Command& verb, Options& options);

/// Errors: the kernel's, `out` or `plots` cannot be written.
Result<void> check_places(const Options& options);

/// "64", "1K" (1,024), "16M"; several in one, with commas. Errors: invalid_argument.
Result<std::vector<std::uint64_t>> sizes_of(const std::vector<std::string>& texts);
/// What was given, or, if that is nothing, `usual`.
std::vector<std::string> or_else(const std::vector<std::string>& given, const std::string& usual);
/// "1,2,4", each from 1. Errors: invalid_argument, with the option's name.
Result<std::vector<std::uint32_t>> counts_of(const std::string& option,
                                             const std::vector<std::string>& texts);

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

/// A report of what is measured now, still empty. Errors: unsupported, this build is not fit to be measured.
Result<Report> begin_report(const World& world);
/// Every road that was asked for; one of several peers that cannot be measured here is skipped with a line in the report, and
/// so is a transport that nobody has. Errors: invalid_argument, nobody has such a transport; not_found, no peer is here; why the
/// only peer cannot be measured.
Result<std::vector<Road>> roads_of(const Options& options, app::Interrupt& interrupt, Report& report);
/// None twice.
Result<void> add_settings(const Plan& plan, const std::vector<Road>& roads, std::vector<Setting>& settings,
                          Report& report);
/// Prints the report as was asked for. Answers the exit code.
Result<int> give(const Report& report, const Options& options, const World& world);

/// Measures these.
Result<int> measure_all(const Options& options, World& world, const std::vector<Setting>& settings);
/// All of that: measures what `plan` makes of every road that was asked for.
Result<int> measure_all(const Options& options, World& world, const Plan& plan);

}  // namespace weft::perf
