#include "thinness/rounds.hpp"

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
  double rate = 0;       // messages a second
  double processor = 0;  // seconds of both processes, a message
};

Result<std::vector<double>> numbers(const Result<std::string>& line) {
  if (!line) return line.error();
  std::istringstream text(*line);
  std::vector<double> values;
  for (double value = 0; text >> value;)
    values.push_back(value);
  if (values.empty()) return Error{Errc::malformed, "a run printed no number: " + *line};
  return values;
}

Result<Run> run(const Bench& bench, const Cell& cell, bool raw) {
  const Deadline deadline = patience;
  const auto endpoint =
      cell.scheme == "tcp" ? std::string("tcp://127.0.0.1:0") : "ipc://" + bench.directory + "/s";
  Task task{raw, true, endpoint, bench.directory, cell.load};
  WEFT_TRY(auto publisher, app::Process::start(app::this_program, arguments_of(task)));
  WEFT_TRY(task.endpoint, publisher.line(bench.interrupt, deadline));
  task.publishes = false;
  WEFT_TRY(auto subscriber, app::Process::start(app::this_program, arguments_of(task)));
  WEFT_TRY(const auto received, numbers(subscriber.line(bench.interrupt, deadline)));
  WEFT_TRY(const auto sent, numbers(publisher.line(bench.interrupt, deadline)));
  WEFT_CHECK(subscriber.finish(bench.interrupt, deadline));
  WEFT_CHECK(publisher.finish(bench.interrupt, deadline));
  if (received.size() != 2) return Error{Errc::malformed, "a subscriber printed something else"};
  return Run{double(cell.load.count - 1 - cell.load.warm_up) / received[0],
             (received[1] + sent[0]) / double(cell.load.count)};
}

}  // namespace

Result<Outcome> measure(const Bench& bench, const Cell& cell) {
  std::vector<double> weft_rates;
  std::vector<double> raw_rates;
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
    weft_rates.push_back(weft.rate);
    raw_rates.push_back(raw.rate);
    ratios.push_back(weft.rate / raw.rate);
    controls.push_back(again.rate / raw.rate);
    processors.push_back(weft.processor / raw.processor);
  }
  Outcome outcome{cell,
                  estimate(weft_rates).median,
                  estimate(raw_rates).median,
                  estimate(ratios),
                  estimate(controls),
                  estimate(processors)};
  outcome.verdict = judge(outcome.rate, outcome.control, target);
  return outcome;
}

}  // namespace weft::perf
