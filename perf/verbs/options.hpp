// What the measuring verbs share: whom, how and how long they are to measure, and what to do with the report.
//
// Threads   The main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/command.hpp"
#include "stage/measure.hpp"
#include "verbs/verbs.hpp"

namespace weft::perf {

struct Options {
  std::vector<std::string> peers{"weft"};
  std::vector<std::string> transports;  ///< Empty: all that the peer has.
  std::vector<std::string> sizes;       ///< As they were given: "64", "1K", "16M".
  int rounds = 10;
  double seconds = 1;
  double patience = 10;  ///< Seconds; as a Task's.
  bool quick = false;
  bool spins = false;
  std::string cores = "free";
  bool json = false;
  bool csv = false;
  std::string out;    ///< A file for the JSON; empty: none.
  std::string plots;  ///< A folder; empty: none.

  [[nodiscard]] double measured() const noexcept { return quick ? 0.125 : seconds; }
  [[nodiscard]] int rounds_in_all() const noexcept { return quick ? 1 : rounds; }
  [[nodiscard]] double warm_up() const noexcept { return measured() / 5; }
};

/// Whom and how to measure, and all of declare_rounds().
void declare(app::Command& verb, Options& options);
/// How long, and what to do with the report.
void declare_rounds(app::Command& verb, Options& options);

/// The words between their commas.
std::vector<std::string> split(const std::vector<std::string>& texts);
/// "64", "1K" (1,024), "16M"; several in one, with commas. Errors: invalid_argument.
Result<std::vector<std::uint64_t>> sizes_of(const std::vector<std::string>& texts);
/// What was given, or, if that is nothing, `usual`.
std::vector<std::string> or_else(const std::vector<std::string>& given, const std::string& usual);
/// "1,2,4", each from 1. Errors: invalid_argument, with the option's name.
Result<std::vector<std::uint32_t>> counts_of(const std::string& option,
                                             const std::vector<std::string>& texts);

/// A report of what is measured now, still empty. Errors: unsupported, this build is not fit to be measured; the kernel's,
/// what is to be written cannot be.
Result<Report> begin_report(const Options& options, const World& world);
/// Prints the report and writes it as was asked for. Answers the exit code.
Result<int> give(const Report& report, const Options& options, const World& world);
/// Measures these, too, before.
Result<int> measure_and_give(Report& report, const std::vector<Setting>& settings, const Options& options,
                             World& world);

}  // namespace weft::perf
