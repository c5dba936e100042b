// What is measured of discovery, each in processes of its own.
//
// Threads   One at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/interrupt.hpp"
#include "discovery/roles.hpp"

namespace weft::perf {

struct Bench {
  app::Interrupt& interrupt;
  Place place;
  std::string peer;  ///< The program that plays Ignition Transport's part; empty: none.
  std::function<void(const std::string&)> progress;
};

/// Milliseconds from the start of a subscriber's process to its first message, of a publisher that is there already.
Result<std::vector<double>> start_to_first(const Bench& bench, int runs);
/// The same with nothing there before: publisher, daemon and subscriber start together.
Result<std::vector<double>> nothing_to_first(const Bench& bench, int runs);
/// As start_to_first(), by Ignition Transport.
Result<std::vector<double>> peer_start_to_first(const Bench& bench, int runs);
/// Milliseconds from kill -9 of a publisher until its subscriber's program is told.
Result<std::vector<double>> death_to_news(const Bench& bench, int runs);

/// The daemon with so many ports in it.
struct Load {
  std::uint64_t ports = 0;
  double announced_s = 0;          ///< From their process's start until the daemon has told of all.
  double processor_us_a_port = 0;  ///< Of the daemon, for each of a hundred more.
  double memory_mib = 0;           ///< Resident.
  double idle_processor_ms = 0;    ///< Of the daemon, in a second in which nothing happens.
};
Result<Load> daemon_with(const Bench& bench, std::uint64_t ports);

}  // namespace weft::perf
