// weft-thinness: the throughput of typed topics against the same bytes sent by hand on libzmq.
//
// Workload   a topic of borrowed bytes, reliable, ipc and tcp, publisher and subscriber in a process each; the
//            twin (raw_twin.hpp) sends the same frames with the same codec, marks, window and clock readings.
// Method     in each round weft, raw and raw again run one after the other, each as often first; a ratio is of
//            one round. The second raw is the control: what a ratio of the same with the same looks like here.
//            Shown are medians with their 95 % interval (order statistics).
// Verdict    statistics.hpp; the target is 0.95 of raw's rate. Ends with 1 if a cell fails, else with 0.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "common/exit.hpp"
#include "kit/directory.hpp"
#include "kit/environment.hpp"
#include "kit/program.hpp"
#include "thinness/rounds.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-thinness";

struct Options {
  int rounds = 15;
  bool quick = false;
  bool json = false;
  std::vector<std::string> schemes{"ipc", "tcp"};
  std::vector<std::uint64_t> sizes;
};

/// A run takes about a second: over much less, how the scheduler happens to place five threads on two cores decides.
/// The window is at most 16 MiB.
const std::vector<Load> loads{{64, 2'000'000, 1000, 200'000},
                              {1024, 1'000'000, 1000, 100'000},
                              {65'536, 40'000, 250, 4'000},
                              {1'048'576, 3'000, 16, 300}};

std::vector<Cell> cells_of(const Options& options) {
  std::vector<Cell> cells;
  for (const auto& scheme : options.schemes) {
    for (auto load : loads) {
      if (!options.sizes.empty() && std::ranges::find(options.sizes, load.bytes) == options.sizes.end())
        continue;
      if (options.quick) {
        load.count /= 4;
        load.warm_up /= 4;
      }
      cells.push_back({scheme, load});
    }
  }
  return cells;
}

std::string size_name(std::uint64_t bytes) {
  if (bytes >= 1'048'576) return fmt::format("{} MiB", bytes / 1'048'576);
  return bytes >= 1024 ? fmt::format("{} KiB", bytes / 1024) : fmt::format("{} B", bytes);
}

void print_row(const Outcome& outcome) {
  const auto range = [](const Estimate& estimate) {
    return fmt::format("{:5.3f} [{:5.3f} {:5.3f}]", estimate.median, estimate.low, estimate.high);
  };
  const auto& compared = outcome.compared;
  fmt::print("{:<4}{:>7} {:>9.0f} {:>9.0f}  {}  {}  {:>5.3f}  {}\n", outcome.cell.scheme,
             size_name(outcome.cell.load.bytes), compared.weft_rate, compared.raw_rate, range(compared.rate),
             range(compared.control), compared.processor.median, name_of(outcome.verdict));
  std::fflush(stdout);
}

void print_head() {
  for (const auto& [name, value] : environment())
    fmt::print("{:<10}{}\n", name, value);
  fmt::print("\n{:<11} {:>9} {:>9}  {:<19}  {:<19}  {:<5}  target >= {}\n", "", "weft", "raw", "rate",
             "control", "cpu", target);
  fmt::print("{:<11} {:>9} {:>9}  {:<19}  {:<19}  {:<5}  {}\n", "", "msg/s", "msg/s", "weft/raw [95 %]",
             "raw/raw [95 %]", "ratio", "verdict");
}

nlohmann::json json_of(const Estimate& estimate) {
  return {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}};
}

nlohmann::json json_of(const Outcome& outcome) {
  const auto& compared = outcome.compared;
  return {{"transport", outcome.cell.scheme},         {"bytes", outcome.cell.load.bytes},
          {"messages", outcome.cell.load.count},      {"window", outcome.cell.load.window},
          {"weft_per_second", compared.weft_rate},    {"raw_per_second", compared.raw_rate},
          {"ratio", json_of(compared.rate)},          {"control", json_of(compared.control)},
          {"processor", json_of(compared.processor)}, {"verdict", name_of(outcome.verdict)}};
}

Result<std::vector<Outcome>> measure_all(const Options& options, Bench& bench) {
  std::vector<Outcome> outcomes;
  for (const auto& cell : cells_of(options)) {
    bench.progress = [&](int round) {
      show_progress(fmt::format("{} {}: round {} of {}", cell.scheme, size_name(cell.load.bytes), round + 1,
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
                  words[3] == "publish",
                  words[4],
                  words[5],
                  {number(6), number(7), std::uint32_t(number(8)), number(9)}};
  if (auto done = perform(task); !done) return app::fail(program, done.error());
  return app::exit_done;
}

int main_of(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "perform") return perform_arguments({argv, argv + argc});
  Options options;
  app::Program app{program, "Throughput of weft's topics against the same bytes by hand on libzmq"};
  app.option("--rounds", options.rounds, "Rounds of each cell; with fewer than six nothing can fail")
      .range(1, 1000)
      .show_default();
  app.flag("--quick", options.quick, "At most seven short rounds");
  app.flag("--json", options.json, "Print JSON");
  app.option("--transport", options.schemes, "ipc, tcp").one_of({"ipc", "tcp"});
  app.option("--bytes", options.sizes, "Only these sizes").one_of({"64", "1024", "65536", "1048576"});
  app.footer("Exit codes: 0 done, 1 a cell is below its target or a run failed, 2 usage");
  return run(app, argc, argv, [&] { return measure_and_print(options); });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
