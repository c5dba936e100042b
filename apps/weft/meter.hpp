// What hz, bw and delay share: the loop that takes messages as fast as they come, and reports once a second.
//
// Cost      For each message no decoding, no allocation and no system call of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "node/dynamic.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

/// What is measured of the messages of a second.
class Gauge {
 public:
  virtual ~Gauge() = default;
  /// A message came; `at` is now.
  virtual void add(Instant at, const DynamicSample& sample) = 0;
  /// Adds its figures to the report of the last second, and begins anew. `span`: the seconds in which the messages since
  /// the one before them came; the very first message only begins it. Nothing: of one message there is no rate.
  virtual void report(std::optional<double> span, Json& out) = 0;
  /// The report as a line for people.
  [[nodiscard]] virtual std::string for_terminal(const Json& report) const = 0;
};

/// So many a second; null where there is no span.
Json per_second(double amount, std::optional<double> span);
/// A figure of a report for people, times `scale`; "-" where it is null.
std::string figure(const Json& value, int digits, double scale = 1);

struct MeterOptions {
  std::string topic;
  Peers peers;
  Limits limits;
  bool json = false;
};

/// How such a verb presents itself.
struct Metering {
  const char* verb;
  const char* help;
  const char* footer;
};

/// Declares its options, too.
app::Command add_metering(app::Command& topic, const Metering& metering, MeterOptions& options);

/// Until the limits are reached or Ctrl-C; says after a second why nothing comes.
Result<void> measure(const MeterOptions& options, Gauge& gauge, Tool& tool);

/// Declares the verb that measures by a gauge of that kind.
template <class G>
void add_meter(app::Command& topic, Run& run, const Metering& metering) {
  auto options = std::make_shared<MeterOptions>();
  add_metering(topic, metering, *options).on_given([options, &run] {
    run = [options](Tool& tool) {
      G gauge;
      return measure(*options, gauge, tool);
    };
  });
}

}  // namespace weft::tool
