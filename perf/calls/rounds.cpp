#include "calls/rounds.hpp"

#include <array>
#include <chrono>
#include <sstream>
#include <vector>

#include "common/process.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
constexpr Duration patience = 120s;

struct Run {
  Speed speed;
  double processor = 0;  // seconds of both processes, a call
};

Result<std::vector<double>> numbers(const Result<std::string>& line, std::size_t count) {
  if (!line) return line.error();
  std::istringstream text(*line);
  std::vector<double> values;
  for (double value = 0; text >> value;)
    values.push_back(value);
  if (values.size() != count) return Error{Errc::malformed, "a run printed something else: " + *line};
  return values;
}

Result<Run> run(const Bench& bench, const Cell& cell, bool raw) {
  const Deadline deadline = patience;
  const auto endpoint =
      cell.scheme == "tcp" ? std::string("tcp://127.0.0.1:0") : "ipc://" + bench.directory + "/s";
  Task task{raw, true, endpoint, bench.directory, cell.load};
  WEFT_TRY(auto server, app::Process::start(app::this_program, arguments_of(task)));
  WEFT_TRY(task.endpoint, server.line(bench.interrupt, deadline));
  task.serves = false;
  WEFT_TRY(auto client, app::Process::start(app::this_program, arguments_of(task)));
  WEFT_TRY(const auto called, numbers(client.line(bench.interrupt, deadline), 4));
  WEFT_TRY(const auto served, numbers(server.line(bench.interrupt, deadline), 1));
  WEFT_CHECK(client.finish(bench.interrupt, deadline));
  WEFT_CHECK(server.finish(bench.interrupt, deadline));
  const auto timed = double(cell.load.calls - 1 - cell.load.warm_up);
  return Run{{timed / called[0], called[1], called[2]}, (called[3] + served[0]) / double(cell.load.calls)};
}

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

}  // namespace

Result<Outcome> measure(const Bench& bench, const Cell& cell) {
  std::vector<Speed> weft_speeds;
  std::vector<Speed> raw_speeds;
  std::vector<double> ratios;
  std::vector<double> controls;
  std::vector<double> processors;
  for (int round = 0; round < bench.rounds; ++round) {
    if (bench.progress) bench.progress(round);
    std::array<Run, 3> runs;  // weft, raw, and raw again
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const auto which = (i + std::size_t(round)) % runs.size();
      WEFT_TRY(runs[which], run(bench, cell, which != 0));
    }
    const auto& [weft, raw, again] = runs;
    weft_speeds.push_back(weft.speed);
    raw_speeds.push_back(raw.speed);
    ratios.push_back(weft.speed.rate / raw.speed.rate);
    controls.push_back(again.speed.rate / raw.speed.rate);
    processors.push_back(weft.processor / raw.processor);
  }
  Outcome outcome{cell,
                  median_of(weft_speeds),
                  median_of(raw_speeds),
                  estimate(ratios),
                  estimate(controls),
                  estimate(processors)};
  outcome.verdict = judge(outcome.rate, outcome.control, target);
  return outcome;
}

}  // namespace weft::perf
