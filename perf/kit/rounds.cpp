#include "kit/rounds.hpp"

#include <array>
#include <chrono>
#include <sstream>

#include "common/process.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
constexpr Duration patience = 120s;

Result<std::vector<double>> numbers(const Result<std::string>& line) {
  if (!line) return line.error();
  std::istringstream text(*line);
  std::vector<double> values;
  for (double value = 0; text >> value;)
    values.push_back(value);
  if (values.empty()) return Error{Errc::malformed, "a run printed no number: " + *line};
  return values;
}

}  // namespace

Result<Comparison> compare(const Bench& bench, const std::function<Result<Run>(bool raw)>& run) {
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
      WEFT_TRY(runs[which], run(which != 0));
    }
    const auto& [weft, raw, again] = runs;
    weft_rates.push_back(weft.rate);
    raw_rates.push_back(raw.rate);
    ratios.push_back(weft.rate / raw.rate);
    controls.push_back(again.rate / raw.rate);
    processors.push_back(weft.processor / raw.processor);
  }
  return Comparison{estimate(weft_rates).median, estimate(raw_rates).median, estimate(ratios),
                    estimate(controls), estimate(processors)};
}

std::string endpoint_for(const Bench& bench, const std::string& scheme) {
  return scheme == "tcp" ? std::string("tcp://127.0.0.1:0") : "ipc://" + bench.directory + "/s";
}

Result<Printed> run_pair(const Bench& bench, const std::vector<std::string>& first,
                         const std::function<std::vector<std::string>(std::string endpoint)>& second) {
  const Deadline deadline = patience;
  WEFT_TRY(auto one, app::Process::start(app::this_program, first));
  WEFT_TRY(auto endpoint, one.line(bench.interrupt, deadline));
  WEFT_TRY(auto other, app::Process::start(app::this_program, second(std::move(endpoint))));
  Printed printed;
  WEFT_TRY(printed.second, numbers(other.line(bench.interrupt, deadline)));
  WEFT_TRY(printed.first, numbers(one.line(bench.interrupt, deadline)));
  WEFT_CHECK(other.finish(bench.interrupt, deadline));
  WEFT_CHECK(one.finish(bench.interrupt, deadline));
  return printed;
}

}  // namespace weft::perf
