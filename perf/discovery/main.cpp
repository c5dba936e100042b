// weft-discovery: how soon ends find each other and learn of a death, and what the daemon costs.
//
// Workloads
//   start to first     a subscriber's process starts beside a publisher that is there: until it has a message
//   nothing to first   publisher, subscriber and daemon start together
//   peer               the first again, by Ignition Transport 11 on the loopback interface
//   death to news      kill -9 of a publisher: until its subscriber's program is told
//   daemon             its processor time for each port more, and its memory, at 100, 1,000 and 10,000 ports
#include <algorithm>
#include <string>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "common/exit.hpp"
#include "discovery/workloads.hpp"
#include "kit/directory.hpp"
#include "kit/environment.hpp"
#include "kit/program.hpp"
#include "kit/statistics.hpp"

namespace weft::perf {

namespace {

constexpr const char* program = "weft-discovery";
constexpr const char* daemon_program = WEFTD;
constexpr const char* peer_program = IGNITION_PEER;

struct Options {
  int runs = 50;
  int deaths = 200;
  bool json = false;
};

struct Row {
  std::string name;
  std::vector<double> values;  // sorted, ms
};

void print(const std::vector<Row>& rows, const std::vector<Load>& loads) {
  for (const auto& [name, value] : environment())
    fmt::print("{:<10}{}\n", name, value);
  fmt::print("\n{:<36} {:>5} {:>9} {:>9} {:>9} {:>9}\n", "milliseconds", "runs", "p50", "p90", "p99", "max");
  for (const auto& [name, values] : rows) {
    fmt::print("{:<36} {:>5} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f}\n", name, values.size(),
               quantile(values, 0.5), quantile(values, 0.9), quantile(values, 0.99), values.back());
  }
  fmt::print("\n{:<22} {:>13} {:>17} {:>11} {:>15}\n", "the daemon with", "announced, s", "one more, cpu µs",
             "memory, MiB", "idle, cpu ms/s");
  for (const auto& load : loads) {
    fmt::print("{:<22} {:>13.2f} {:>17.1f} {:>11.1f} {:>15.1f}\n", fmt::format("{} ports", load.ports),
               load.announced_s, load.processor_us_a_port, load.memory_mib, load.idle_processor_ms);
  }
}

void print_json(const std::vector<Row>& rows, const std::vector<Load>& loads) {
  nlohmann::ordered_json all{{"environment", environment_json()}};
  for (const auto& [name, values] : rows) {
    all["milliseconds"].push_back({{"name", name},
                                   {"runs", values.size()},
                                   {"p50", quantile(values, 0.5)},
                                   {"p90", quantile(values, 0.9)},
                                   {"p99", quantile(values, 0.99)},
                                   {"max", values.back()}});
  }
  for (const auto& load : loads) {
    all["daemon"].push_back({{"ports", load.ports},
                             {"announced_s", load.announced_s},
                             {"processor_us_a_port", load.processor_us_a_port},
                             {"memory_mib", load.memory_mib},
                             {"idle_processor_ms", load.idle_processor_ms}});
  }
  fmt::print("{}\n", all.dump(2));
}

Result<int> measure(const Options& options) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  WEFT_TRY(const auto directory, Directory::create(program));
  const Bench bench{interrupt, {directory.path(), daemon_program}, peer_program, show_progress};
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, Result<std::vector<double>> values) -> Result<void> {
    if (!values) return std::move(values).error().within(name);
    std::ranges::sort(*values);
    rows.push_back({name, *std::move(values)});
    return {};
  };
  WEFT_CHECK(add("start to first message", start_to_first(bench, options.runs)));
  if (!bench.peer.empty())
    WEFT_CHECK(add("  the same, Ignition Transport 11", peer_start_to_first(bench, options.runs)));
  WEFT_CHECK(add("nothing to first message", nothing_to_first(bench, options.runs)));
  WEFT_CHECK(add("kill -9 of a publisher to news of it", death_to_news(bench, options.deaths)));
  std::vector<Load> loads;
  for (const std::uint64_t ports : {100, 1'000, 10'000}) {
    WEFT_TRY(const auto load, daemon_with(bench, ports));
    loads.push_back(load);
  }
  show_progress({});
  options.json ? print_json(rows, loads) : print(rows, loads);
  if (bench.peer.empty() && !options.json)
    fmt::print(
        "\nIgnition Transport is left out: libignition-transport-dev was not there when this was built.\n");
  return app::exit_done;
}

int main_of(int argc, char** argv) {
  if (argc > 4 && std::string_view(argv[1]) == "perform") {
    auto done = perform({argv + 4, argv + argc}, {argv[2], argv[3]});
    return done ? app::exit_done : app::fail(program, done.error());
  }
  Options options;
  app::Program app{program, "How soon ends find each other and learn of a death, and what the daemon costs"};
  app.option("--runs", options.runs, "Starts of each kind").range(1, 10'000).show_default();
  app.option("--deaths", options.deaths, "Publishers to kill").range(1, 10'000).show_default();
  app.flag("--json", options.json, "Print JSON");
  app.footer("Exit codes: 0 done, 1 a run failed, 2 usage");
  return run(app, argc, argv, [&] { return measure(options); });
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
