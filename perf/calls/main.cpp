// weft-calls: calls a second and their latency, of typed services against the same calls by hand on libzmq.
//
// Workload   64 bytes there and back, ipc and tcp, server and client in a process each, 1 call or 64 under way at a time;
//            the twin (raw_calls.hpp) sends the same frames with the same codec over a DEALER and a ROUTER.
// Method     in each round weft, raw and raw again run one after the other, each as often first; a ratio is of
//            one round. The second raw is the control: what a ratio of the same with the same looks like here.
//            Shown are medians with their 95 % interval (order statistics).
// Verdict    statistics.hpp; the target is 0.9 of raw's rate. Ends with 1 if a cell fails, else with 0.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "calls/rounds.hpp"
#include "common/exit.hpp"
#include "kit/directory.hpp"
#include "kit/environment.hpp"
#include "kit/program.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-calls";
constexpr double microseconds = 1e6;  // in a second

struct Options {
  int rounds = 15;
  bool quick = false;
  bool json = false;
  std::vector<std::string> schemes{"ipc", "tcp"};
};

/// A run takes about a second.
const std::vector<Load> loads{{64, 30'000, 1, 3'000}, {64, 300'000, 64, 30'000}};

std::vector<Cell> cells_of(const Options& options) {
  std::vector<Cell> cells;
  for (const auto& scheme : options.schemes) {
    for (auto load : loads) {
      if (options.quick) {
        load.calls /= 4;
        load.warm_up /= 4;
      }
      cells.push_back({scheme, load});
    }
  }
  return cells;
}

void print_head() {
  for (const auto& [name, value] : environment())
    fmt::print("{:<10}{}\n", name, value);
  fmt::print("\n{:<8} {:>8} {:>8}  {:>13}  {:>13}  {:<19}  {:<19}  {:<5}  target >= {}\n", "", "weft", "raw",
             "weft", "raw", "rate", "control", "cpu", target);
  fmt::print("{:<8} {:>8} {:>8}  {:>13}  {:>13}  {:<19}  {:<19}  {:<5}  {}\n", "", "calls/s", "calls/s",
             "p50, p99 us", "p50, p99 us", "weft/raw [95 %]", "raw/raw [95 %]", "ratio", "verdict");
}

void print_row(const Outcome& outcome) {
  const auto range = [](const Estimate& estimate) {
    return fmt::format("{:5.3f} [{:5.3f} {:5.3f}]", estimate.median, estimate.low, estimate.high);
  };
  const auto latency = [](const Speed& speed) {
    return fmt::format("{:.1f}, {:.1f}", speed.median * microseconds, speed.p99 * microseconds);
  };
  fmt::print("{:<4}{:>4} {:>8.0f} {:>8.0f}  {:>13}  {:>13}  {}  {}  {:>5.3f}  {}\n", outcome.cell.scheme,
             outcome.cell.load.window, outcome.weft.rate, outcome.raw.rate, latency(outcome.weft),
             latency(outcome.raw), range(outcome.compared.rate), range(outcome.compared.control),
             outcome.compared.processor.median, name_of(outcome.verdict));
  std::fflush(stdout);
}

nlohmann::json json_of(const Estimate& estimate) {
  return {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}};
}

nlohmann::json json_of(const Speed& speed) {
  return {{"per_second", speed.rate}, {"median_seconds", speed.median}, {"p99_seconds", speed.p99}};
}

nlohmann::json json_of(const Outcome& outcome) {
  return {{"transport", outcome.cell.scheme},
          {"bytes", outcome.cell.load.bytes},
          {"calls", outcome.cell.load.calls},
          {"window", outcome.cell.load.window},
          {"weft", json_of(outcome.weft)},
          {"raw", json_of(outcome.raw)},
          {"ratio", json_of(outcome.compared.rate)},
          {"control", json_of(outcome.compared.control)},
          {"processor", json_of(outcome.compared.processor)},
          {"verdict", name_of(outcome.verdict)}};
}

Result<std::vector<Outcome>> measure_all(const Options& options, Bench& bench) {
  std::vector<Outcome> outcomes;
  for (const auto& cell : cells_of(options)) {
    bench.progress = [&](int round) {
      show_progress(fmt::format("{}, {} under way: round {} of {}", cell.scheme, cell.load.window, round + 1,
                                bench.rounds));
    };
    WEFT_TRY(auto outcome, measure(bench, cell));
    show_progress({});
    if (!options.json) print_row(outcome);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Result<int> measure_and_print(const Options& options) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  WEFT_TRY(const auto directory, Directory::create(program));
  Bench bench{interrupt, directory.path(), options.quick ? std::min(options.rounds, 7) : options.rounds, {}};
  if (!options.json) print_head();
  WEFT_TRY(const auto outcomes, measure_all(options, bench));
  if (options.json) {
    nlohmann::json all{
        {"environment", environment()}, {"target", target}, {"cells", nlohmann::json::array()}};
    for (const auto& outcome : outcomes)
      all["cells"].push_back(json_of(outcome));
    fmt::print("{}\n", all.dump(2));
  }
  const bool failed = std::ranges::any_of(outcomes, [](auto& one) { return one.verdict == Verdict::fail; });
  return failed ? app::exit_failed : app::exit_done;
}

/// What Process started us for: arguments_of() in sides.cpp.
int perform_arguments(const std::vector<std::string>& words) {
  if (words.size() != 10) return app::exit_usage;
  const auto number = [&](std::size_t at) { return std::stoull(words[at]); };
  const Task task{words[2] == "raw",
                  words[3] == "serve",
                  words[4],
                  words[5],
                  {number(6), number(7), std::uint32_t(number(8)), number(9)}};
  if (auto done = perform(task); !done) return app::fail(program, done.error());
  return app::exit_done;
}

int main_of(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "perform") return perform_arguments({argv, argv + argc});
  Options options;
  app::Program app{program, "Calls a second and their latency, of weft's services and by hand on libzmq"};
  app.option("--rounds", options.rounds, "Rounds of each cell; with fewer than six nothing can fail")
      .range(1, 1000)
      .show_default();
  app.flag("--quick", options.quick, "At most seven short rounds");
  app.flag("--json", options.json, "Print JSON");
  app.option("--transport", options.schemes, "ipc, tcp").one_of({"ipc", "tcp"});
  app.footer("Exit codes: 0 done, 1 a cell is below its target or a run failed, 2 usage");
  return run(app, argc, argv, [&] { return measure_and_print(options); });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
