// weft-calls: calls a second and their latency, of typed services against the same calls by hand on libzmq.
//
// Workload   64 bytes there and back, ipc and tcp, server and client in a process each, 1 call or 64 under way at a time;
//            the twin (raw_calls.hpp) sends the same frames with the same codec over a DEALER and a ROUTER.
// Method     in each round weft, raw and raw again run one after the other, each as often first; a ratio is of
//            one round. The second raw is the control: what a ratio of the same with the same looks like here.
//            Shown are medians with their 95 % interval (order statistics).
// Verdict    statistics.hpp; the target is 0.9 of raw's rate. Ends with 1 if a cell fails, else with 0.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "calls/sides.hpp"
#include "common/exit.hpp"
#include "kit/program.hpp"
#include "kit/table.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-calls";
constexpr double microseconds = 1e6;  // in a second

/// What weft must reach of raw's rate.
constexpr double target = 0.9;

/// A run takes about a second.
const std::vector<Load> loads{{64, 30'000, 1, 3'000}, {64, 300'000, 64, 30'000}};

/// Of one side, medians of the rounds.
struct Speed {
  double rate = 0;    ///< Calls a second.
  double median = 0;  ///< From beginning a call to its reply, in seconds,
  double p99 = 0;     ///< and the 99th percentile.
};

/// Each figure's median.
Speed median_of(const std::vector<Speed>& speeds) {
  const auto median = [&](double Speed::*figure) {
    std::vector<double> values;
    for (const auto& speed : speeds)
      values.push_back(speed.*figure);
    return estimate(std::move(values)).median;
  };
  return {median(&Speed::rate), median(&Speed::median), median(&Speed::p99)};
}

std::string latency(const Speed& speed) {
  return fmt::format("{:.1f}, {:.1f}", speed.median * microseconds, speed.p99 * microseconds);
}

nlohmann::json json_of(const Speed& speed) {
  return {{"per_second", speed.rate}, {"median_seconds", speed.median}, {"p99_seconds", speed.p99}};
}

/// Appends to `speeds`.
Result<Run> run_once(const Bench& bench, const std::string& scheme, const Load& load, bool raw,
                     std::vector<Speed>& speeds) {
  Task task{raw, true, endpoint_for(bench, scheme), bench.directory, load};
  WEFT_TRY(const auto printed, run_pair(bench, arguments_of(task), [&](std::string endpoint) {
             task.serves = false;
             task.endpoint = std::move(endpoint);
             return arguments_of(task);
           }));
  const auto& called = printed.second;
  if (called.size() != 4) return Error{Errc::malformed, "a client printed something else"};
  speeds.push_back({double(load.calls - 1 - load.warm_up) / called[0], called[1], called[2]});
  return Run{speeds.back().rate, (called[3] + printed.first[0]) / double(load.calls)};
}

Result<Row> measure(const Bench& bench, const std::string& scheme, const Load& load) {
  std::vector<Speed> of_weft;
  std::vector<Speed> of_raw;  // the control's, too
  WEFT_TRY(const auto compared, compare(bench, [&](bool by_hand) {
             return run_once(bench, scheme, load, by_hand, by_hand ? of_raw : of_weft);
           }));
  const auto weft = median_of(of_weft);
  const auto raw = median_of(of_raw);
  return row_of(fmt::format("{:<4}{:>4} {:>8.0f} {:>8.0f}  {:>13}  {:>13}", scheme, load.window, weft.rate,
                            raw.rate, latency(weft), latency(raw)),
                {{"transport", scheme},
                 {"bytes", load.bytes},
                 {"calls", load.calls},
                 {"window", load.window},
                 {"weft", json_of(weft)},
                 {"raw", json_of(raw)}},
                compared, target);
}

std::vector<TableCell> cells_of(const TableOptions& options) {
  std::vector<TableCell> cells;
  for (const auto& scheme : options.schemes) {
    for (auto load : loads) {
      if (options.quick) {
        load.calls /= 4;
        load.warm_up /= 4;
      }
      cells.push_back({fmt::format("{}, {} under way", scheme, load.window),
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
                  words[3] == "serve",
                  words[4],
                  words[5],
                  {number(6), number(7), std::uint32_t(number(8)), number(9)}};
  if (auto done = perform(task); !done) return app::fail(program, done.error());
  return app::exit_done;
}

int main_of(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "perform") return perform_arguments({argv, argv + argc});
  TableOptions options;
  app::Program app{program, "Calls a second and their latency, of weft's services and by hand on libzmq"};
  declare(app, options);
  return run(app, argc, argv, [&] {
    return print_table(
        program, options,
        head_of(fmt::format("{:<8} {:>8} {:>8}  {:>13}  {:>13}", "", "weft", "raw", "weft", "raw"),
                fmt::format("{:<8} {:>8} {:>8}  {:>13}  {:>13}", "", "calls/s", "calls/s", "p50, p99 us",
                            "p50, p99 us")),
        cells_of(options));
  });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
