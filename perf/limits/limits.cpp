#include "limits/limits.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "limits/hand_over.hpp"

namespace weft::perf::limits {

bool Plan::wants(std::string_view what) const {
  return only_.empty() || std::ranges::find(only_, what) != only_.end();
}

void Plan::add(Measurement measurement) {
  settings.push_back({std::move(measurement.key), [take = std::move(measurement.take), round = round_](
                                                      Sheet& sheet) { return take(round, sheet.cell); }});
}

void Plan::skip(std::string_view what, const Error& why) {
  skipped.push_back(fmt::format("{}: {}", what, why.message));
}

std::vector<std::string> all_limits() {
  std::vector<std::string> out;
  for (const auto& kind : kinds)
    out.emplace_back(kind.name);
  out.insert(out.end(), {"memcpy", "clock", "ring"});
  return out;
}

Plan plan_of(Round round, std::vector<std::string> only) {
  Plan plan(round, std::move(only));
  add_hand_overs(plan);
  add_copies(plan);
  add_ring(plan);
  return plan;
}

}  // namespace weft::perf::limits
