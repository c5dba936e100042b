// What hz, bw and delay share: the loop that takes messages as fast as they come, and reports once a second.
//
// Cost      For each message no decoding, no allocation and no system call of its own.
#pragma once

#include <string>

#include "node/dynamic.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

/// What is measured of the messages of a second.
class Gauge {
 public:
  virtual ~Gauge() = default;
  /// A message came; `at` is now.
  virtual void add(Instant at, const DynamicSample& sample) = 0;
  /// Adds its figures to the report of the last `seconds`, and begins anew.
  virtual void report(double seconds, Json& out) = 0;
  /// The report as a line for people.
  [[nodiscard]] virtual std::string for_terminal(const Json& report) const = 0;
};

struct MeterOptions {
  std::string topic;
  Peers peers;
  Limits limits;
  bool json = false;
  void add_to(CLI::App& verb);
};

/// Until the limits are reached or Ctrl-C; says after a second why nothing comes.
Result<void> measure(const MeterOptions& options, Gauge& gauge, Tool& tool);

}  // namespace weft::tool
