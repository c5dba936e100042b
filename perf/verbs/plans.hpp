// The options of each verb that measures peers, and the plan that follows from them.
//
// Threads   The main thread.
#pragma once

#include <string>
#include <vector>

#include "verbs/roads.hpp"

namespace weft::perf {

struct LatencyOptions : Options {
  std::vector<double> rates{1000};  ///< Of the open loop, messages a second; empty: none.
};

struct ThroughputOptions : Options {
  bool best_effort = false;
};

struct FanoutOptions : Options {
  std::vector<std::string> subscribers{"1,2,4,8,16"};
  std::vector<std::string> publishers{"1"};
  std::vector<double> rates{0, 1000};  ///< 0: as fast as it goes.
  std::vector<std::string> slow;
  std::string reads = "all";
  bool best_effort = false;
};

struct RpcOptions : Options {
  std::vector<std::string> windows{"1,64"};
};

struct PipelineOptions : Options {
  std::vector<std::string> workers{"1,4"};
};

/// Errors: invalid_argument. The plan keeps a copy of the options, and refers to the world.
Result<Plan> plan_of(const LatencyOptions& options, World& world);
Result<Plan> plan_of(const ThroughputOptions& options, World& world);
Result<Plan> plan_of(const FanoutOptions& options, World& world);
Result<Plan> plan_of(const RpcOptions& options, World& world);
Result<Plan> plan_of(const PipelineOptions& options, World& world);

std::vector<Setting> codec_settings(const Options& options);

/// Measures what a verb's options ask for.
template <class VerbOptions>
Result<int> measure_as(const VerbOptions& options, World& world) {
  WEFT_TRY(const auto plan, plan_of(options, world));
  return measure_roads(plan, options, world);
}

}  // namespace weft::perf
