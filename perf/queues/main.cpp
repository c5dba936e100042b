// weft-queues: items a second, of weft's queues against a PUSH and a PULL by hand on libzmq.
//
// Workload   a queue of borrowed bytes, best effort and reliable, ipc and tcp, one worker and one producer in a process each;
//            the twin (raw_queue.hpp) sends the same frames with the same codec, marks and clock readings, and nobody
//            acknowledges them, also where weft's worker does.
//            With --credited the twin bounds what is under way as weft does, with a DEALER and a ROUTER: what that costs by
//            hand, and what weft costs beyond.
// Method     in each round weft, raw and raw again run one after the other, each as often first; a ratio is of
//            one round. The second raw is the control: what a ratio of the same with the same looks like here.
//            Shown are medians with their 95 % interval (order statistics).
// Verdict    statistics.hpp; the target is 0.9 of raw's rate without acknowledgement, and 0.6 with it. Ends with 1 if a
//            cell fails, else with 0.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "common/exit.hpp"
#include "kit/program.hpp"
#include "kit/table.hpp"
#include "queues/sides.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-queues";

struct Options : TableOptions {
  std::vector<std::string> kinds{"best-effort", "reliable"};
  bool credited = false;
};

/// What weft must reach of raw's rate.
double target_of(const Load& load) {
  return load.reliable ? 0.6 : 0.9;
}

Result<Run> run_once(const Bench& bench, const std::string& scheme, const Load& load, By by) {
  Task task{by, true, endpoint_for(bench, scheme), bench.directory, load};
  WEFT_TRY(const auto printed, run_pair(bench, arguments_of(task), [&](std::string endpoint) {
             task.works = false;
             task.endpoint = std::move(endpoint);
             return arguments_of(task);
           }));
  if (printed.first.size() != 2) return Error{Errc::malformed, "a worker printed something else"};
  return Run{double(load.count - 1 - load.warm_up) / printed.first[0],
             (printed.first[1] + printed.second[0]) / double(load.count)};
}

Result<Row> measure(const Bench& bench, const std::string& kind, const std::string& scheme, const Load& load,
                    By twin) {
  WEFT_TRY(const auto compared,
           compare(bench, [&](bool raw) { return run_once(bench, scheme, load, raw ? twin : By::weft); }));
  return row_of(fmt::format("{:<11} {:<3} {:>5} B {:>9.0f} {:>9.0f}", kind, scheme, load.bytes,
                            compared.weft_rate, compared.raw_rate),
                {{"kind", kind},
                 {"twin", twin == By::raw ? "push-pull" : "credited"},
                 {"transport", scheme},
                 {"bytes", load.bytes},
                 {"items", load.count},
                 {"window", load.window},
                 {"weft_per_second", compared.weft_rate},
                 {"raw_per_second", compared.raw_rate}},
                compared, target_of(load));
}

std::vector<TableCell> cells_of(const Options& options) {
  const auto twin = options.credited ? By::credited : By::raw;
  std::vector<TableCell> cells;
  for (const auto& kind : options.kinds) {
    for (const auto& scheme : options.schemes) {
      for (const std::uint64_t bytes : {64, 1024}) {
        // A run takes about a second.
        Load load{kind == "reliable", bytes, 1'000'000, 1000, 100'000};
        if (options.quick) {
          load.count /= 4;
          load.warm_up /= 4;
        }
        cells.push_back({fmt::format("{}, {}, {} B", kind, scheme, bytes),
                         [=](const Bench& bench) { return measure(bench, kind, scheme, load, twin); }});
      }
    }
  }
  return cells;
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
  declare(app, options);
  app.option("--kind", options.kinds, "best-effort, reliable").one_of({"best-effort", "reliable"});
  app.flag("--credited", options.credited,
           "Against a DEALER and a ROUTER that bound what is under way as weft does");
  return run(app, argc, argv, [&] {
    return print_table(program, options,
                       head_of(fmt::format("{:<23} {:>9} {:>9}", "", "weft", "raw"),
                               fmt::format("{:<23} {:>9} {:>9}", "", "items/s", "items/s")),
                       cells_of(options));
  });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
