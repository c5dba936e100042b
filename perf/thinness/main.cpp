// weft-thinness: the throughput of typed topics against the same bytes sent by hand on libzmq.
//
// Workload   a topic of borrowed bytes, reliable, ipc and tcp, publisher and subscriber in a process each; the
//            twin (raw_twin.hpp) sends the same frames with the same codec, marks, window and clock readings.
// Method     in each round weft, raw and raw again run one after the other, each as often first; a ratio is of
//            one round. The second raw is the control: what a ratio of the same with the same looks like here.
//            Shown are medians with their 95 % interval (order statistics).
// Verdict    statistics.hpp; the target is 0.95 of raw's rate. Ends with 1 if a cell fails, else with 0.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "common/exit.hpp"
#include "kit/program.hpp"
#include "kit/table.hpp"
#include "thinness/sides.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-thinness";

/// What weft must reach of raw's rate.
constexpr double target = 0.95;

struct Options : TableOptions {
  std::vector<std::uint64_t> sizes;
};

/// A run takes about a second: over much less, how the scheduler happens to place five threads on two cores decides.
/// The window is at most 16 MiB.
const std::vector<Load> loads{{64, 2'000'000, 1000, 200'000},
                              {1024, 1'000'000, 1000, 100'000},
                              {65'536, 40'000, 250, 4'000},
                              {1'048'576, 3'000, 16, 300}};

std::string size_name(std::uint64_t bytes) {
  if (bytes >= 1'048'576) return fmt::format("{} MiB", bytes / 1'048'576);
  return bytes >= 1024 ? fmt::format("{} KiB", bytes / 1024) : fmt::format("{} B", bytes);
}

Result<Run> run_once(const Bench& bench, const std::string& scheme, const Load& load, bool raw) {
  Task task{raw, true, endpoint_for(bench, scheme), bench.directory, load};
  WEFT_TRY(const auto printed, run_pair(bench, arguments_of(task), [&](std::string endpoint) {
             task.publishes = false;
             task.endpoint = std::move(endpoint);
             return arguments_of(task);
           }));
  if (printed.second.size() != 2) return Error{Errc::malformed, "a subscriber printed something else"};
  return Run{double(load.count - 1 - load.warm_up) / printed.second[0],
             (printed.second[1] + printed.first[0]) / double(load.count)};
}

Result<Row> measure(const Bench& bench, const std::string& scheme, const Load& load) {
  WEFT_TRY(const auto compared, compare(bench, [&](bool raw) { return run_once(bench, scheme, load, raw); }));
  return row_of(fmt::format("{:<4}{:>7} {:>9.0f} {:>9.0f}", scheme, size_name(load.bytes), compared.weft_rate,
                            compared.raw_rate),
                {{"transport", scheme},
                 {"bytes", load.bytes},
                 {"messages", load.count},
                 {"window", load.window},
                 {"weft_per_second", compared.weft_rate},
                 {"raw_per_second", compared.raw_rate}},
                compared, target);
}

std::vector<TableCell> cells_of(const Options& options) {
  std::vector<TableCell> cells;
  for (const auto& scheme : options.schemes) {
    for (auto load : loads) {
      if (!options.sizes.empty() && std::ranges::find(options.sizes, load.bytes) == options.sizes.end())
        continue;
      if (options.quick) {
        load.count /= 4;
        load.warm_up /= 4;
      }
      cells.push_back({fmt::format("{} {}", scheme, size_name(load.bytes)),
                       [=](const Bench& bench) { return measure(bench, scheme, load); }});
    }
  }
  return cells;
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
  declare(app, options);
  app.option("--bytes", options.sizes, "Only these sizes").one_of({"64", "1024", "65536", "1048576"});
  return run(app, argc, argv, [&] {
    return print_table(program, options,
                       head_of(fmt::format("{:<11} {:>9} {:>9}", "", "weft", "raw"),
                               fmt::format("{:<11} {:>9} {:>9}", "", "msg/s", "msg/s")),
                       cells_of(options));
  });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
