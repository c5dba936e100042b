// weft-queues: items a second, of weft's queues against a PUSH and a PULL by hand on libzmq.
//
// Workload   a queue of borrowed bytes, best effort and reliable, ipc and tcp, one worker and one producer in a process each;
//            the twin (raw_queue.hpp) sends the same frames with the same codec, marks and clock readings, and nobody
//            acknowledges them, also where weft's worker does.
// Method     in each round weft, raw and raw again run one after the other, each as often first; a ratio is of
//            one round. The second raw is the control: what a ratio of the same with the same looks like here.
//            Shown are medians with their 95 % interval (order statistics).
// Verdict    statistics.hpp; the target is 0.9 of raw's rate without acknowledgement, and 0.6 with it. Ends with 1 if a
//            cell fails, else with 0.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "common/exit.hpp"
#include "kit/directory.hpp"
#include "kit/environment.hpp"
#include "kit/program.hpp"
#include "kit/rounds.hpp"
#include "queues/sides.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-queues";

struct Options {
  int rounds = 15;
  bool quick = false;
  bool json = false;
  std::vector<std::string> schemes{"ipc", "tcp"};
  std::vector<std::string> kinds{"best-effort", "reliable"};
};

struct Cell {
  std::string scheme;
  Load load;
};

struct Outcome {
  Cell cell;
  Comparison compared;
  Verdict verdict = Verdict::undecided;
};

/// What weft must reach of raw's rate.
double target_of(const Load& load) {
  return load.reliable ? 0.6 : 0.9;
}

const char* kind_of(const Load& load) {
  return load.reliable ? "reliable" : "best-effort";
}

std::vector<Cell> cells_of(const Options& options) {
  std::vector<Cell> cells;
  for (const auto& kind : options.kinds) {
    for (const auto& scheme : options.schemes) {
      for (const std::uint64_t bytes : {64, 1024}) {
        // A run takes about a second.
        Load load{kind == "reliable", bytes, 1'000'000, 1000, 100'000};
        if (options.quick) {
          load.count /= 4;
          load.warm_up /= 4;
        }
        cells.push_back({scheme, load});
      }
    }
  }
  return cells;
}

Result<Run> run_once(const Bench& bench, const Cell& cell, bool raw) {
  Task task{raw, true, endpoint_for(bench, cell.scheme), bench.directory, cell.load};
  WEFT_TRY(const auto printed, run_pair(bench, arguments_of(task), [&](std::string endpoint) {
             task.works = false;
             task.endpoint = std::move(endpoint);
             return arguments_of(task);
           }));
  if (printed.first.size() != 2) return Error{Errc::malformed, "a worker printed something else"};
  return Run{double(cell.load.count - 1 - cell.load.warm_up) / printed.first[0],
             (printed.first[1] + printed.second[0]) / double(cell.load.count)};
}

Result<Outcome> measure(const Bench& bench, const Cell& cell) {
  WEFT_TRY(const auto compared, compare(bench, [&](bool raw) { return run_once(bench, cell, raw); }));
  return Outcome{cell, compared, judge(compared.rate, compared.control, target_of(cell.load))};
}

void print_head() {
  for (const auto& [name, value] : environment())
    fmt::print("{:<10}{}\n", name, value);
  fmt::print("\n{:<23} {:>9} {:>9}  {:<19}  {:<19}  {:<5}\n", "", "weft", "raw", "rate", "control", "cpu");
  fmt::print("{:<23} {:>9} {:>9}  {:<19}  {:<19}  {:<5}  verdict\n", "", "items/s", "items/s",
             "weft/raw [95 %]", "raw/raw [95 %]", "ratio");
}

void print_row(const Outcome& outcome) {
  const auto range = [](const Estimate& estimate) {
    return fmt::format("{:5.3f} [{:5.3f} {:5.3f}]", estimate.median, estimate.low, estimate.high);
  };
  const auto& [cell, compared, verdict] = outcome;
  fmt::print("{:<11} {:<3} {:>5} B {:>9.0f} {:>9.0f}  {}  {}  {:>5.3f}  {} (>= {})\n", kind_of(cell.load),
             cell.scheme, cell.load.bytes, compared.weft_rate, compared.raw_rate, range(compared.rate),
             range(compared.control), compared.processor.median, name_of(verdict), target_of(cell.load));
  std::fflush(stdout);
}

nlohmann::json json_of(const Estimate& estimate) {
  return {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}};
}

nlohmann::json json_of(const Outcome& outcome) {
  const auto& [cell, compared, verdict] = outcome;
  return {{"kind", kind_of(cell.load)},
          {"transport", cell.scheme},
          {"bytes", cell.load.bytes},
          {"items", cell.load.count},
          {"window", cell.load.window},
          {"weft_per_second", compared.weft_rate},
          {"raw_per_second", compared.raw_rate},
          {"ratio", json_of(compared.rate)},
          {"control", json_of(compared.control)},
          {"processor", json_of(compared.processor)},
          {"target", target_of(cell.load)},
          {"verdict", name_of(verdict)}};
}

Result<int> measure_and_print(const Options& options) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  WEFT_TRY(const auto directory, Directory::create(program));
  Bench bench{interrupt, directory.path(), options.quick ? std::min(options.rounds, 7) : options.rounds, {}};
  if (!options.json) print_head();
  nlohmann::json all{{"environment", environment()}, {"cells", nlohmann::json::array()}};
  bool failed = false;
  for (const auto& cell : cells_of(options)) {
    bench.progress = [&](int round) {
      show_progress(fmt::format("{}, {}, {} B: round {} of {}", kind_of(cell.load), cell.scheme,
                                cell.load.bytes, round + 1, bench.rounds));
    };
    WEFT_TRY(const auto outcome, measure(bench, cell));
    show_progress({});
    if (!options.json) print_row(outcome);
    all["cells"].push_back(json_of(outcome));
    failed = failed || outcome.verdict == Verdict::fail;
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return failed ? app::exit_failed : app::exit_done;
}

/// What Process started us for: arguments_of() in sides.cpp.
int perform_arguments(const std::vector<std::string>& words) {
  if (words.size() != 11) return app::exit_usage;
  if (auto done = perform(task_of(words)); !done) return app::fail(program, done.error());
  return app::exit_done;
}

int main_of(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "perform") return perform_arguments({argv, argv + argc});
  Options options;
  app::Program app{program, "Items a second, of weft's queues and by hand on libzmq"};
  app.option("--rounds", options.rounds, "Rounds of each cell; with fewer than six nothing can fail")
      .range(1, 1000)
      .show_default();
  app.flag("--quick", options.quick, "At most seven short rounds");
  app.flag("--json", options.json, "Print JSON");
  app.option("--transport", options.schemes, "ipc, tcp").one_of({"ipc", "tcp"});
  app.option("--kind", options.kinds, "best-effort, reliable").one_of({"best-effort", "reliable"});
  app.footer("Exit codes: 0 done, 1 a cell is below its target or a run failed, 2 usage");
  return run(app, argc, argv, [&] { return measure_and_print(options); });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
