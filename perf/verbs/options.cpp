#include "verbs/options.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <sstream>

#include <fmt/format.h>

#include "common/exit.hpp"
#include "common/output.hpp"
#include "kit/environment.hpp"
#include "report/csv.hpp"
#include "report/plots.hpp"
#include "report/show.hpp"

namespace weft::perf {

namespace {

/// A whole number, and what follows it.
Result<std::pair<std::uint64_t, std::string_view>> number_of(std::string_view text, std::string_view wanted) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc())
    return Error{Errc::invalid_argument, fmt::format("\"{}\" is no {}", text, wanted)};
  return std::pair(number, text.substr(std::size_t(end - text.data())));
}

Result<void> check_places(const Options& options) {
  std::error_code failure;
  if (!options.plots.empty()) std::filesystem::create_directories(options.plots, failure);
  if (failure) return sys_error(failure.value(), "mkdir", options.plots);
  if (options.out.empty()) return {};
  const bool was_there = std::filesystem::exists(std::filesystem::symlink_status(options.out, failure));
  if (std::filesystem::is_fifo(options.out, failure))
    return Error{Errc::invalid_argument, fmt::format("{} is a pipe; --json prints the report", options.out)};
  if (!std::ofstream(options.out, std::ios::app)) return sys_error(errno, "open", options.out);
  if (!was_there) std::filesystem::remove(options.out, failure);
  return {};
}

}  // namespace

void declare(app::Command& verb, Options& options) {
  verb.option(
          "-p,--peer", options.peers,
          "Measure this one (weft, zmq, twin; iceoryx, grpc after ./dev peers; a program); may be repeated")
      .value("NAME")
      .one_value_each()
      .show_default();
  verb.option("-t,--transport", options.transports, "Only these, as ipc,tcp").value("LIST").one_value_each();
  verb.option("-b,--bytes", options.sizes, "Sizes of the messages behind their mark of 24 bytes, as 64,1K,1M")
      .value("SIZES")
      .one_value_each();
  verb.option("--cores", options.cores, "Where the sides run: both on one core, on one each (two), or free")
      .one_of({"one", "two", "free"})
      .show_default();
  verb.flag("--spin", options.spins, "Receive by trying again and again, instead of sleeping");
  declare_rounds(verb, options);
}

void declare_rounds(app::Command& verb, Options& options) {
  verb.option("--rounds", options.rounds, "Rounds of each setting; with 30, diff finds 10 % (docs/perf.md)")
      .range(1, 1000)
      .value("N")
      .show_default();
  verb.option("--seconds", options.seconds, "How long each round measures")
      .range(0.01, 3600.0)
      .show_default();
  verb.option("--patience", options.patience, "Seconds for which an answer is waited for")
      .range(0.01, 3600.0)
      .hide();
  verb.flag("-q,--quick", options.quick, "One short round of each");
  verb.flag("--json", options.json, "The report as JSON");
  verb.flag("--csv", options.csv, "The report as CSV");
  verb.option("-o,--out", options.out, "Write the report as JSON to this file, too").value("FILE");
  verb.option("--plots", options.plots, "Write plots as SVG files into this folder").value("FOLDER");
}

std::vector<std::string> or_else(const std::vector<std::string>& given, const std::string& usual) {
  return given.empty() ? std::vector<std::string>{usual} : given;
}

std::vector<std::string> split(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const auto& text : texts) {
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');)
      out.push_back(part);
  }
  return out;
}

Result<std::vector<std::uint64_t>> sizes_of(const std::vector<std::string>& texts) {
  constexpr std::uint64_t most = 64 << 20;
  std::vector<std::uint64_t> sizes;
  if (split(texts).empty()) return Error{Errc::invalid_argument, "there is no size, such as 64, 1K or 16M"};
  for (const auto& text : split(texts)) {
    WEFT_TRY(const auto number, number_of(text, "size, such as 64, 1K or 16M"));
    const auto [count, unit] = number;
    const auto shift = unit.empty() ? 0 : unit == "K" ? 10 : unit == "M" ? 20 : -1;
    if (shift < 0 || count > most >> shift)
      return Error{Errc::invalid_argument,
                   fmt::format("\"{}\" is no size, such as 64, 1K or 16M, up to 64M", text)};
    sizes.push_back(count << shift);
  }
  return sizes;
}

Result<std::vector<std::uint32_t>> counts_of(const std::string& option,
                                             const std::vector<std::string>& texts) {
  constexpr std::uint64_t most = 1000;
  std::vector<std::uint32_t> counts;
  if (split(texts).empty())
    return Error{Errc::invalid_argument, fmt::format("{} has no number, such as 1 or 1,4", option)};
  for (const auto& text : split(texts)) {
    const auto wanted = fmt::format("number from 1 to {} ({})", most, option);
    WEFT_TRY(const auto number, number_of(text, wanted));
    if (number.first == 0 || number.first > most || !number.second.empty())
      return Error{Errc::invalid_argument, fmt::format("\"{}\" is no {}", text, wanted)};
    counts.push_back(std::uint32_t(number.first));
  }
  return counts;
}

Result<Report> begin_report(const Options& options, const World& world) {
  WEFT_CHECK(check_build());
  WEFT_CHECK(check_places(options));
  return Report{.command = world.command, .environment = environment_json()};
}

Result<int> give(const Report& report, const Options& options, const World& world) {
  if (!options.out.empty()) WEFT_CHECK(write_report(report, options.out));
  if (!options.plots.empty()) WEFT_CHECK(write_plots(report, options.plots));
  WEFT_CHECK(app::print(options.json  ? to_text(report, 2)
                        : options.csv ? to_csv(report)
                                      : tables_of(report, world.terminal)));
  return report.sound() && report.complete ? app::exit_done : app::exit_failed;
}

Result<int> measure_and_give(Report& report, const std::vector<Setting>& settings, const Options& options,
                             World& world) {
  measure(settings, options.rounds_in_all(), world.interrupt, report);
  return give(report, options, world);
}

}  // namespace weft::perf
