// Reports as verbs would give them, small.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/report.hpp"

namespace weft::perf::sample {

inline Metric metric(std::string name, std::string unit, std::vector<double> values) {
  return {std::move(name), std::move(unit), Better::less, std::move(values)};
}

inline Cell cell(nlohmann::ordered_json key, std::vector<Metric> metrics = {},
                 std::vector<Curve> curves = {}) {
  return {std::move(key), std::move(metrics), std::move(curves), nullptr, {}};
}

inline Curve curve(std::string name, double least = 1000) {
  return {std::move(name),
          "ns",
          {{0, least}, {0.5, least * 1.5}, {0.99, least * 3}, {0.999, least * 9}, {1, least * 50}}};
}

inline Report report(std::vector<Cell> cells) {
  Report out;
  out.command = "weft-perf latency";
  out.environment = {{"cpu", "Some Processor"}, {"cores", "2"}, {"load", "0.5"}};
  out.cells = std::move(cells);
  return out;
}

}  // namespace weft::perf::sample
